import { cassandraKeystoresSchema, type CassandraKeystoresSpec } from '../spec';

/** The fields that nothing can be preset for. */
export const required = {
  blueprint: 'cassandra-keystores',
  name: 'orders',
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  owner: 'group:default/payments',
} as const;

/** A complete spec: the required fields, `changes` and all defaults. */
export function exampleSpec(
  changes: Record<string, unknown> = {},
): CassandraKeystoresSpec {
  return cassandraKeystoresSchema.parse({ ...required, ...changes });
}
