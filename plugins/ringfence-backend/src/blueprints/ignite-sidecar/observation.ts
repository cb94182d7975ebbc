import {
  authoritiesOf,
  authorityName,
  names,
  podSelector,
  type ObjectRef,
  type ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { hasOwnCa, isGated } from './access';
import { APPLICATION, CONTAINER, igniteNames, PORTS } from './names';
import { objectRefs } from './objects';
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
    certificates: certificates(spec),
    ...(isGated(spec) && { gateway: objectRefs(spec).gateway }),
    routes: routes(spec),
    meshMode: 'sidecar',
    topology: 'cluster',
    clientPort: PORTS.thinClient,
    ringPorts: [PORTS.communication, PORTS.discovery],
    ...(hasLogins(spec) && { superuserSecret: names.superuserSecret(spec) }),
    publicLogins: hasLogins(spec) ? [PUBLIC_LOGIN] : [],
  };
}

function certificates(
  spec: IgniteSidecarSpec,
): ObservationRecipe['certificates'] {
  if (!isGated(spec)) return [];
  const service = {
    name: names.certificate(spec),
    secret: names.certificate(spec),
    purpose: 'service' as const,
  };
  if (!hasOwnCa(spec)) return [service];
  const authorities = authoritiesOf(spec).trusted.map(authority => ({
    name: authorityName(spec, authority),
    secret: authorityName(spec, authority),
    purpose: 'ca' as const,
  }));
  return [...authorities, service];
}

/** Of each name, the one that the platform can do exists. */
function routes(spec: IgniteSidecarSpec): ObjectRef[] {
  if (!isGated(spec)) return [];
  const route = (kind: string, version: string, name: string): ObjectRef => ({
    apiVersion: `gateway.networking.k8s.io/${version}`,
    kind,
    namespace: spec.namespace,
    name,
  });
  const clients = igniteNames.clients(spec);
  return [
    route('TCPRoute', 'v1', clients),
    route('TCPRoute', 'v1alpha2', clients),
    route('TLSRoute', 'v1', clients),
    route('HTTPRoute', 'v1', igniteNames.rest(spec)),
  ];
}
