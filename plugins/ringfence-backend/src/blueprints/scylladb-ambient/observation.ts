import {
  names,
  podSelector,
  type ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { accessRecipe } from './access';
import { APPLICATION, CONTAINER } from './application';
import { CQL_PORT } from './ports';
import { routeObservations } from './routes';
import type { ScylladbAmbientSpec } from './spec';

/** The login that ScyllaDB before 2026.2 makes by itself; it is public knowledge. */
export const PUBLIC_LOGIN = {
  username: 'cassandra',
  password: 'cassandra',
} as const;

/** Where the facts on the database come from. */
export function observationRecipe(
  spec: ScylladbAmbientSpec,
): ObservationRecipe {
  return {
    podLabels: podSelector(spec, APPLICATION),
    container: CONTAINER,
    statefulSet: names.ring(spec),
    replicas: spec.replicas,
    certificates: certificates(spec),
    gateway: accessRecipe(spec).gateway,
    routes: routeObservations(spec),
    meshMode: 'ambient',
    clientPort: CQL_PORT,
    ringCommand: ['nodetool', 'status'],
    publicLogins: [PUBLIC_LOGIN],
  };
}

function certificates(
  spec: ScylladbAmbientSpec,
): ObservationRecipe['certificates'] {
  if (spec.access.exposure === 'none') return [];
  const service = {
    name: names.certificate(spec),
    secret: names.certificate(spec),
    purpose: 'service' as const,
  };
  if (spec.certificate.issuer.kind !== 'self-signed') return [service];
  const ca = {
    name: names.ca(spec),
    secret: names.ca(spec),
    purpose: 'ca' as const,
  };
  return [ca, service];
}
