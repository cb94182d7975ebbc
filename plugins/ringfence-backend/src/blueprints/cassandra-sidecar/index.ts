import { cqlRingBlueprint } from '@ringfence/backstage-plugin-ringfence-node';
import { cassandraSidecarRequirements } from './requirements';
import { cassandraRing } from './ring';
import {
  cassandraSidecarSchema,
  KIND,
  type CassandraSidecarSpec,
} from './spec';

/** A Cassandra ring with Istio's sidecars, reached through a TLS gateway. */
export const cassandraSidecar = cqlRingBlueprint<CassandraSidecarSpec>({
  kind: KIND,
  title: 'Cassandra, sidecars',
  description:
    'Choose it where Istio injects sidecars, or where it must be Apache Cassandra: a sidecar in each pod, TLS at a gateway',
  schema: cassandraSidecarSchema,
  requirements: cassandraSidecarRequirements,
  ring: cassandraRing,
});

export type { CassandraSidecarSpec } from './spec';
