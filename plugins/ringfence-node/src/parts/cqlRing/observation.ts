import type { ObservationRecipe } from '../../blueprint';
import { gatedCertificates, objectRefs } from '../gated';
import { names, podSelector } from '../names';
import type { CqlRing } from './CqlRing';
import { CQL_PORT, STORAGE_PORT, STORAGE_TLS_PORT } from './ports';
import { routeObservations } from './routes';
import type { CqlRingSpec } from './spec';

/** The login that Cassandra and ScyllaDB before 2026.2 make by themselves; it is public knowledge. */
export const PUBLIC_LOGIN = {
  username: 'cassandra',
  password: 'cassandra',
} as const;

/** Where the facts on a ring come from. */
export function cqlRingObservation(
  spec: CqlRingSpec,
  { application, container, mesh }: CqlRing,
): ObservationRecipe {
  return {
    podLabels: podSelector(spec, application),
    container,
    statefulSet: names.ring(spec),
    replicas: spec.replicas,
    certificates: gatedCertificates(spec),
    gateway: objectRefs(spec).gateway,
    routes: routeObservations(spec),
    meshMode: mesh.mode,
    clientPort: CQL_PORT,
    ringPorts: [STORAGE_PORT, STORAGE_TLS_PORT],
    ringCommand: ['nodetool', 'status'],
    superuserSecret: names.superuserSecret(spec),
    publicLogins: [PUBLIC_LOGIN],
  };
}
