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
import { APPLICATION, CONTAINER, igniteNames, PORTS } from './names';
import { hasLogins, type IgniteSidecarSpec } from './spec';

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
    ...(hasLogins(spec) && { superuserSecret: names.superuserSecret(spec) }),
    publicLogins: hasLogins(spec) ? [PUBLIC_LOGIN] : [],
  };
}

function routes(spec: IgniteSidecarSpec): ObjectRef[] {
  if (!isGated(spec)) return [];
  return [
    ...observedRoutes(spec, igniteNames.clients(spec)),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      namespace: spec.namespace,
      name: igniteNames.rest(spec),
    },
  ];
}
