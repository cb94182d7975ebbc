import { scylladbAmbientSchema, type ScylladbAmbientSpec } from '../spec';

/** The fields that nothing can be preset for. */
export const required = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  owner: 'group:default/payments',
} as const;

/** A complete spec: the required fields, `changes` and all defaults. */
export function exampleSpec(
  changes: Record<string, unknown> = {},
): ScylladbAmbientSpec {
  return scylladbAmbientSchema.parse({ ...required, ...changes });
}
