import {
  CQL_PORT,
  STORAGE_PORT,
  STORAGE_TLS_PORT,
  type CqlRing,
} from '@ringfence/backstage-plugin-ringfence-node';
import { CONTAINER, METRICS, scyllaPod } from './pod';
import { SETTINGS_FILE, settingsText, SUPERUSER_DATA } from './settings';
import type { ScylladbAmbientSpec } from './spec';
import { releaseLineOf } from './versions';

/** JMX, of tools that still ask for it; ScyllaDB itself takes no part in it. */
const JMX_PORT = 7199;
/** REST API; it listens on the pod's loopback alone. */
const API_PORT = 10000;

/** What ScyllaDB has of its own among rings. */
export function scyllaRing(spec: ScylladbAmbientSpec): CqlRing {
  const { makesPublicSuperuser } = releaseLineOf(spec.version);
  const ring = {
    application: 'scylladb',
    product: 'ScyllaDB',
    container: CONTAINER,
    mesh: { mode: 'ambient' },
    // The ring's pods run as an ordinary user, and the gateway's get the
    // seccomp profile that Istio leaves out.
    podSecurity: 'restricted',
    ports: {
      headless: [
        { name: 'tcp-cql', port: CQL_PORT },
        { name: 'tcp-internode', port: STORAGE_PORT },
        { name: 'tcp-internode-tls', port: STORAGE_TLS_PORT },
      ],
      clients: [CQL_PORT],
      ring: [STORAGE_PORT, STORAGE_TLS_PORT, JMX_PORT, API_PORT],
      probes: [CQL_PORT, STORAGE_PORT],
      metrics: METRICS,
    },
    settings: { [SETTINGS_FILE]: settingsText(spec) },
    superuserData: makesPublicSuperuser ? undefined : SUPERUSER_DATA,
    // The ring itself takes in nodes one by one (Raft topology, since 2025.1).
    // And after an outage of all nodes none is ready before a majority runs:
    // started in order, the first would wait forever.
    joins: 'together',
  } as const;
  return { ...ring, pod: () => scyllaPod(spec, ring) };
}
