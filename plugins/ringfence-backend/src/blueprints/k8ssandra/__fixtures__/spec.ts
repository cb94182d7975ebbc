import { k8ssandraSchema, type K8ssandraSpec } from '../spec';

/** The fields that nothing can be preset for. */
export const required = {
  blueprint: 'k8ssandra',
  name: 'orders',
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  owner: 'group:default/payments',
} as const;

/** A complete spec: the required fields, `changes` and all defaults. */
export function exampleSpec(
  changes: Record<string, unknown> = {},
): K8ssandraSpec {
  return k8ssandraSchema.parse({ ...required, ...changes });
}
