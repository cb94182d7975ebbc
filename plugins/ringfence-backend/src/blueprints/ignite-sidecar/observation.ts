import {
  gatedCertificates,
  isGated,
  names,
  objectRefs,
  observedRoutes,
  podSelector,
  type ObjectRef,
  type ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { httpRoutes } from './gateway';
import { licenceSecret } from './licence';
import { LOG_MARKS } from './logMarks';
import {
  APPLICATION,
  CONTAINER,
  igniteNames,
  LICENCE_KEY,
  PORTS,
} from './names';
import { hasLogins, needsLicence, type IgniteSidecarSpec } from './spec';

/** The login that Ignite makes by itself; it is public knowledge. */
export const PUBLIC_LOGIN = {
  username: 'ignite',
  password: 'ignite',
} as const;

/** Where the facts on a cluster come from. */
export function igniteSidecarObservation(
  spec: IgniteSidecarSpec,
): ObservationRecipe {
  return {
    podLabels: podSelector(spec, APPLICATION),
    container: CONTAINER,
    statefulSet: names.ring(spec),
    replicas: spec.replicas,
    certificates: gatedCertificates(spec),
    ...(isGated(spec) && { gateway: objectRefs(spec).gateway }),
    routes: routes(spec),
    meshMode: 'sidecar',
    topology: 'cluster',
    clientPort: PORTS.thinClient,
    restPort: PORTS.rest,
    ringPorts: [PORTS.communication, PORTS.discovery],
    logMarks: LOG_MARKS,
    ...(needsLicence(spec) && {
      licence: { secret: licenceSecret(spec), key: LICENCE_KEY },
    }),
    ...(hasLogins(spec) && { superuserSecret: names.superuserSecret(spec) }),
    publicLogins: hasLogins(spec) ? [PUBLIC_LOGIN] : [],
  };
}

function routes(spec: IgniteSidecarSpec): ObjectRef[] {
  if (!isGated(spec)) return [];
  return [
    ...observedRoutes(spec, igniteNames.clients(spec)),
    ...httpRoutes(spec),
  ];
}
