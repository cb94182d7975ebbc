import {
  gatewayProgrammed,
  gatewayStage,
  httpRouteManifest,
  objectRefs,
  routeAttached,
  routeManifest,
  sharedRouteType,
  subjectAlternativeNames,
  versionCauses,
  names,
  type GatewayPort,
  type Manifest,
  type ObjectRef,
  type Platform,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { igniteContext } from './database';
import { APPLICATION, GATEWAY_REST_PORT, igniteNames, PORTS } from './names';
import type { IgniteSidecarSpec } from './spec';

/** Path of Ignite's REST API; there is nothing else on its port. */
const REST_PATH = '/ignite';

/** The gateway's listeners: thin clients with TLS, REST over HTTPS. */
const LISTENERS = {
  thinClient: {
    name: 'ignite-tls',
    port: PORTS.thinClient,
    mode: 'tls',
  },
  rest: {
    name: 'rest-https',
    port: GATEWAY_REST_PORT,
    mode: 'https',
    routeKind: 'HTTPRoute',
  },
} as const satisfies Record<string, GatewayPort>;

/** The gateway and its address. */
export function igniteGatewayStage(
  spec: IgniteSidecarSpec,
  platform: Platform,
): Stage {
  return gatewayStage(igniteContext(spec, platform), {
    ports: Object.values(LISTENERS),
    routeKind: sharedRouteType(spec, platform).kind,
  });
}

/** The routes of HTTP: REST, and the client application where there is one. */
export function httpRoutes(spec: IgniteSidecarSpec): ObjectRef[] {
  const route = (name: string): ObjectRef => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    namespace: spec.namespace,
    name,
  });
  return [
    route(igniteNames.rest(spec)),
    ...(spec.access.application ? [route(igniteNames.application(spec))] : []),
  ];
}

function httpManifests(spec: IgniteSidecarSpec): Manifest[] {
  const listeners = [LISTENERS.rest.name];
  const { application } = spec.access;
  const rest = httpRouteManifest(spec, {
    application: APPLICATION,
    name: igniteNames.rest(spec),
    listeners,
    backend: { name: igniteNames.clients(spec), port: PORTS.rest },
    pathPrefix: REST_PATH,
  });
  if (!application) return [rest];
  const { hostname, namespace, service, port } = application;
  return [
    rest,
    httpRouteManifest(spec, {
      application: APPLICATION,
      name: igniteNames.application(spec),
      listeners,
      backend: { name: service, namespace, port },
      hostnames: [hostname],
    }),
  ];
}

/** The ways in, opened last: by now nobody gets in with a login that everybody knows. */
export function routeStage(spec: IgniteSidecarSpec, platform: Platform): Stage {
  const type = sharedRouteType(spec, platform);
  const { thinClient, rest } = LISTENERS;
  const routes: ObjectRef[] = [
    { ...type, namespace: spec.namespace, name: igniteNames.clients(spec) },
    ...httpRoutes(spec),
  ];
  return {
    name: 'route',
    title: 'Routes through the gateway',
    manifests: ({ gatewayAddresses }) => [
      routeManifest(spec, {
        application: APPLICATION,
        type,
        name: igniteNames.clients(spec),
        backendPort: PORTS.thinClient,
        hostnames:
          subjectAlternativeNames(spec, gatewayAddresses).dnsNames ?? [],
        listeners: [thinClient.name],
      }),
      ...httpManifests(spec),
    ],
    waits: [
      ...routes.map(route =>
        routeAttached(route, {
          gateway: names.gateway(spec),
          causes: versionCauses(platform),
        }),
      ),
      gatewayProgrammed(objectRefs(spec).gateway, [thinClient.name, rest.name]),
    ],
  };
}
