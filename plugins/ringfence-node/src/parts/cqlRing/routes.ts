import type { ObjectRef } from '../../kubernetes';
import type { Platform } from '../../platform';
import { names } from '../names';
import { nodeNames } from '../nodeNames';
import { chooseNodeRoute, chooseRoute, type RouteType } from '../routing';
import type { CqlRingSpec } from './spec';

/** Kinds and versions that the route may have; which one it has depends on the platform. */
const ROUTE_TYPES: readonly RouteType[] = [
  { kind: 'TCPRoute', apiVersion: 'gateway.networking.k8s.io/v1' },
  { kind: 'TCPRoute', apiVersion: 'gateway.networking.k8s.io/v1alpha2' },
  { kind: 'TLSRoute', apiVersion: 'gateway.networking.k8s.io/v1' },
];

/**
 * The route that works on this platform. Where none does, `requirements` has
 * said so and nothing is applied; a plan then shows the preferred one.
 */
export function routeType({ access }: CqlRingSpec, platform: Platform) {
  const plaintext = access.exposure === 'tcp';
  const choice = chooseRoute(platform, { plaintext });
  return choice.works ? choice.type : ROUTE_TYPES[0];
}

/** The same for the routes to single nodes, which may be of another kind. */
export function nodeRouteType(platform: Platform) {
  const choice = chooseNodeRoute(platform);
  return choice.works ? choice.type : ROUTE_TYPES[2];
}

/** Where to look for the routes: of each name, the one that the platform can do exists. */
export function routeObservations(spec: CqlRingSpec): ObjectRef[] {
  if (spec.access.exposure === 'none') return [];
  const nodes = nodeNames(spec).map((_, ordinal) =>
    names.nodeCql(spec, ordinal),
  );
  return [names.cql(spec), ...nodes].flatMap(name =>
    ROUTE_TYPES.map(type => ({ ...type, namespace: spec.namespace, name })),
  );
}
