import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';
import { k8ssandraAccess } from './access';
import { k8ssandraChecks } from './checks';
import { k8ssandraObservation } from './observation';
import { k8ssandraOperations } from './operations';
import { k8ssandraRequirements } from './requirements';
import { k8ssandraSchema, KIND, type K8ssandraSpec } from './spec';
import { k8ssandraStages } from './stages';

/** A Cassandra ring in one or more datacenters, run by k8ssandra-operator. */
export const k8ssandra: Blueprint<K8ssandraSpec> = {
  kind: KIND,
  title: 'Cassandra, K8ssandra',
  description:
    'Choose it where k8ssandra-operator is at home: several datacenters, backups with Medusa, repairs with Reaper, TLS in Cassandra itself',
  schema: k8ssandraSchema,
  // A change of what encrypts a ring that runs would split it: rotating a CA is an operation of its own.
  immutableFields: ['storage.size', 'storage.className', 'tls'],
  presets: ({ storageClasses }) => ({
    storage: { className: storageClasses?.[0] },
  }),
  requirements: k8ssandraRequirements,
  stages: k8ssandraStages,
  operations: k8ssandraOperations,
  checks: k8ssandraChecks,
  access: k8ssandraAccess,
  observation: k8ssandraObservation,
};

export type { K8ssandraSpec } from './spec';
