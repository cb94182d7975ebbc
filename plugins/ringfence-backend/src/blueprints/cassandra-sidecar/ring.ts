import {
  CQL_PORT,
  sidecarAnnotations,
  STORAGE_PORT,
  STORAGE_TLS_PORT,
  type CqlRing,
} from '@ringfence/backstage-plugin-ringfence-node';
import { cassandraPod, CONTAINER } from './pod';
import { settingsFiles } from './settings';
import type { CassandraSidecarSpec } from './spec';

/** JMX; it listens on the pod's loopback alone, where `nodetool` asks it. */
const JMX_PORT = 7199;

/** What Cassandra with sidecars has of its own among rings. */
export function cassandraRing(spec: CassandraSidecarSpec): CqlRing {
  const ring = {
    application: 'cassandra',
    product: 'Cassandra',
    container: CONTAINER,
    mesh: { mode: 'sidecar', revision: spec.mesh.revision },
    // With istio-cni, which is required, no injected container asks for more.
    podSecurity: 'restricted',
    ports: {
      headless: [
        { name: 'tcp-client', port: CQL_PORT },
        { name: 'tcp-intra-node', port: STORAGE_PORT },
        { name: 'tcp-tls-intra-node', port: STORAGE_TLS_PORT },
        { name: 'tcp-jmx', port: JMX_PORT },
      ],
      clients: [CQL_PORT],
      ring: [STORAGE_PORT, STORAGE_TLS_PORT],
      probes: [CQL_PORT, STORAGE_PORT],
    },
    settings: settingsFiles,
    // Two that join at once may take the same ranges: Cassandra refuses it.
    joins: 'in-order',
    podAnnotations: sidecarAnnotations,
  } as const;
  return { ...ring, pod: platform => cassandraPod(spec, ring, platform) };
}
