import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';
import { cassandraKeystoresAccess } from './access';
import { cassandraKeystoresChecks } from './checks';
import { cassandraKeystoresObservation } from './observation';
import { cassandraKeystoresOperations } from './operations';
import { cassandraKeystoresRequirements } from './requirements';
import {
  cassandraKeystoresSchema,
  KIND,
  type CassandraKeystoresSpec,
} from './spec';
import { cassandraKeystoresStages } from './stages';

/** A Cassandra ring with TLS of its own, run by cass-operator. */
export const cassandraKeystores: Blueprint<CassandraKeystoresSpec> = {
  kind: KIND,
  title: 'Cassandra, keystores',
  description:
    'Choose it where there is no mesh, or where cass-operator is at home: TLS in Cassandra itself, with certificates of clients and of nodes',
  schema: cassandraKeystoresSchema,
  // A change of what encrypts a ring that runs would split it: rotating a CA is an operation of its own.
  immutableFields: ['storage.size', 'storage.className', 'tls'],
  presets: ({ storageClasses }) => ({
    storage: { className: storageClasses?.[0] },
  }),
  requirements: cassandraKeystoresRequirements,
  stages: cassandraKeystoresStages,
  operations: cassandraKeystoresOperations,
  checks: cassandraKeystoresChecks,
  access: cassandraKeystoresAccess,
  observation: cassandraKeystoresObservation,
};

export type { CassandraKeystoresSpec } from './spec';
