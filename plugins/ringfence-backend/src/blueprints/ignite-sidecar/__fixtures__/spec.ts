import { igniteSidecarSchema, type IgniteSidecarSpec } from '../spec';

/** The fields that nothing can be preset for. */
export const required = {
  blueprint: 'ignite-sidecar',
  name: 'orders',
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  owner: 'group:default/payments',
} as const;

/** A complete spec: the required fields, `changes` and all defaults. */
export function exampleSpec(
  changes: Record<string, unknown> = {},
): IgniteSidecarSpec {
  return igniteSidecarSchema.parse({ ...required, ...changes });
}
