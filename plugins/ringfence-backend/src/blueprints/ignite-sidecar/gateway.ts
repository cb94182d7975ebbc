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

/** The ways in, opened last: by now nobody gets in with a login that everybody knows. */
export function routeStage(spec: IgniteSidecarSpec, platform: Platform): Stage {
  const type = sharedRouteType(spec, platform);
  const { thinClient, rest } = LISTENERS;
  const ref = (of: { apiVersion: string; kind: string }, name: string) =>
    ({ ...of, namespace: spec.namespace, name } satisfies ObjectRef);
  const http = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
  };
  const routes = [
    ref(type, igniteNames.clients(spec)),
    ref(http, igniteNames.rest(spec)),
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
      httpRouteManifest(spec, {
        application: APPLICATION,
        name: igniteNames.rest(spec),
        listeners: [rest.name],
        backend: { name: igniteNames.clients(spec), port: PORTS.rest },
        pathPrefix: REST_PATH,
      }),
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
