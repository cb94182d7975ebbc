import type { Remedy } from '@ringfence/backstage-plugin-ringfence-common';
import { servedVersions, type Platform } from '../platform';
import { isAtLeast, parseVersion, type Version } from './version';

const GROUP = 'gateway.networking.k8s.io';

/** Installs the CRDs that this table prefers. */
export const GATEWAY_API_INSTALL =
  'kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml';

/** A kind and version of route that Istio attaches to a gateway. */
export type RouteType =
  | {
      readonly kind: 'TCPRoute';
      readonly apiVersion: `${typeof GROUP}/v1` | `${typeof GROUP}/v1alpha2`;
    }
  | { readonly kind: 'TLSRoute'; readonly apiVersion: `${typeof GROUP}/v1` };

/** The route that serves clients which send no SNI as well. */
export const TCP_ROUTE: RouteType = {
  kind: 'TCPRoute',
  apiVersion: `${GROUP}/v1`,
};
/** The route that the Gateway API has for TLS which ends at the gateway. */
export const TLS_ROUTE: RouteType = {
  kind: 'TLSRoute',
  apiVersion: `${GROUP}/v1`,
};
/** Kinds and versions that a route of bytes may have, the preferred one first; which one it has depends on the platform. */
export const ROUTE_TYPES: readonly RouteType[] = [
  TCP_ROUTE,
  { kind: 'TCPRoute', apiVersion: `${GROUP}/v1alpha2` },
  TLS_ROUTE,
];

/** The route that works on a platform, or why none does. */
export type RouteChoice =
  | {
      readonly works: true;
      readonly type: RouteType;
      /** What a person should know about it. */
      readonly note?: string;
    }
  | { readonly works: false; readonly why: string; readonly remedy: Remedy };

/** What the choice is made from. */
type RoutingPlatform = Pick<Platform, 'apis' | 'gatewayApi' | 'istio'>;

/** Since when Istio serves which route, whatever its feature gates. */
const TCP_ROUTE_V1_SINCE: Version = [1, 31, 0];
const TLS_ROUTE_V1_SINCE: Version = [1, 30, 0];
/** Istio reads TCPRoute v1 of this bundle and later ones only. */
const TCP_ROUTE_V1_BUNDLE: Version = [1, 6, 0];

const SNI_NOTE =
  'clients must send the server name (SNI), which stock cqlsh and the Rust driver do not';

/**
 * Chooses the route by what this version of Istio reads and what this bundle
 * of CRDs serves. A TCPRoute is preferred: it serves clients without SNI too.
 *
 * | Istio | CRD bundle | route |
 * |---|---|---|
 * | 1.31 and later | 1.6 and later | TCPRoute v1 |
 * | 1.31 and later | older, with TLSRoute v1 | TLSRoute v1: older TCPRoutes are silently left out |
 * | 1.30 | with TCPRoute v1alpha2 served, alpha gate on | TCPRoute v1alpha2 |
 * | 1.30 | with TLSRoute v1 (1.6 standard no longer serves v1alpha2) | TLSRoute v1 |
 * | 1.29 and earlier | with TCPRoute v1alpha2 served, alpha gate on | TCPRoute v1alpha2 |
 * | anything else | | none |
 *
 * @param options.plaintext - a plaintext listener takes a TCPRoute only
 */
export function chooseRoute(
  platform: RoutingPlatform,
  { plaintext = false }: { plaintext?: boolean } = {},
): RouteChoice {
  const candidates = plaintext
    ? [tcpRouteV1, tcpRouteV1Alpha2]
    : [tcpRouteV1, tcpRouteV1Alpha2, tlsRouteV1];
  for (const candidate of candidates) {
    const choice = candidate(platform);
    if (choice) return { works: true, ...choice };
  }
  return {
    works: false,
    why: `${describe(platform)}: no route attaches to a ${
      plaintext ? 'plaintext' : 'TLS'
    } listener with this combination`,
    remedy: remedy(platform),
  };
}

/**
 * Chooses the route for clients that name one node (SNI). A TLSRoute is
 * preferred, since it is what the Gateway API has for names behind TLS that
 * ends at the gateway; a TCPRoute does where Istio reads none, because the
 * listener that it attaches to matches the name already.
 */
export function chooseNodeRoute(platform: RoutingPlatform): RouteChoice {
  const tlsRoute = tlsRouteV1(platform);
  return tlsRoute
    ? { works: true, type: tlsRoute.type }
    : chooseRoute(platform);
}

/** Why a route stays without any status, in terms of versions. */
export function versionCauses(platform: RoutingPlatform): string {
  return (
    `${describe(
      platform,
    )}. Istio leaves out routes of a version that it does not read: ` +
    'TCPRoute v1 needs Istio 1.31 and Gateway API 1.6, TLSRoute v1 needs Istio 1.30, ' +
    'TCPRoute v1alpha2 needs PILOT_ENABLE_ALPHA_GATEWAY_API=true'
  );
}

type Candidate = { readonly type: RouteType; readonly note?: string };

function tcpRouteV1(platform: RoutingPlatform): Candidate | undefined {
  const { istio, bundle } = versions(platform);
  if (!serves(platform, 'TCPRoute', 'v1')) return undefined;
  // Where a version cannot be read, what is served is all there is to go by.
  if (istio && !isAtLeast(istio, TCP_ROUTE_V1_SINCE)) return undefined;
  if (bundle && !isAtLeast(bundle, TCP_ROUTE_V1_BUNDLE)) return undefined;
  return { type: { kind: 'TCPRoute', apiVersion: `${GROUP}/v1` } };
}

function tcpRouteV1Alpha2(platform: RoutingPlatform): Candidate | undefined {
  const { istio } = versions(platform);
  if (!platform.istio?.alphaGatewayApi) return undefined;
  if (!serves(platform, 'TCPRoute', 'v1alpha2')) return undefined;
  // From 1.31 on Istio reads v1 only.
  if (!istio || isAtLeast(istio, TCP_ROUTE_V1_SINCE)) return undefined;
  return { type: { kind: 'TCPRoute', apiVersion: `${GROUP}/v1alpha2` } };
}

function tlsRouteV1(platform: RoutingPlatform): Candidate | undefined {
  const { istio } = versions(platform);
  if (!istio || !isAtLeast(istio, TLS_ROUTE_V1_SINCE)) return undefined;
  if (!serves(platform, 'TLSRoute', 'v1')) return undefined;
  return {
    type: { kind: 'TLSRoute', apiVersion: `${GROUP}/v1` },
    note: `TLSRoute instead of TCPRoute, since ${describe(
      platform,
    )}: ${SNI_NOTE}`,
  };
}

function versions({ istio, gatewayApi }: RoutingPlatform) {
  return {
    istio: parseVersion(istio?.version),
    bundle: parseVersion(gatewayApi?.bundleVersion),
  };
}

function serves(platform: RoutingPlatform, kind: string, version: string) {
  return servedVersions(platform, GROUP, kind).includes(version);
}

function describe(platform: RoutingPlatform): string {
  const served = ['TCPRoute', 'TLSRoute'].map(kind => {
    const list = servedVersions(platform, GROUP, kind);
    return `${kind} ${list.length > 0 ? list.join(' and ') : 'not at all'}`;
  });
  return (
    `Istio is ${platform.istio?.version ?? 'of unknown version'}, ` +
    `the Gateway API ${
      platform.gatewayApi?.bundleVersion ?? 'of unknown bundle'
    } ` +
    `serves ${served.join(', ')}`
  );
}

/** Newer CRDs where Istio could read them, else a newer Istio or the alpha gate. */
function remedy(platform: RoutingPlatform): Remedy {
  const { istio } = versions(platform);
  if (!istio || isAtLeast(istio, TLS_ROUTE_V1_SINCE)) {
    return {
      text: 'Install the standard channel of Gateway API 1.6 or later (with Istio 1.31 or later), then run this again',
      command: GATEWAY_API_INSTALL,
    };
  }
  return {
    text: 'Upgrade Istio to 1.31 or later with Gateway API 1.6 or later; or switch on its alpha support, with a Gateway API bundle that serves TCPRoute v1alpha2',
    command: `kubectl set env -n ${
      platform.istio?.rootNamespace ?? 'istio-system'
    } deployment/istiod PILOT_ENABLE_ALPHA_GATEWAY_API=true`,
  };
}
