import type { ObjectRef } from '../../kubernetes';
import type { Platform } from '../../platform';
import { isGated, observedRoutes, sharedRouteType } from '../gated';
import { names } from '../names';
import { nodeNames } from '../nodeNames';
import { chooseNodeRoute, TLS_ROUTE } from '../routing';
import type { CqlRingSpec } from './spec';

/** The route that works on this platform for all nodes together. */
export function routeType(spec: CqlRingSpec, platform: Platform) {
  return sharedRouteType(spec, platform);
}

/** The same for the routes to single nodes, which may be of another kind. */
export function nodeRouteType(platform: Platform) {
  const choice = chooseNodeRoute(platform);
  return choice.works ? choice.type : TLS_ROUTE;
}

/** Where to look for the routes. */
export function routeObservations(spec: CqlRingSpec): ObjectRef[] {
  if (!isGated(spec)) return [];
  const nodes = nodeNames(spec).map((_, ordinal) =>
    names.nodeCql(spec, ordinal),
  );
  return [names.cql(spec), ...nodes].flatMap(name =>
    observedRoutes(spec, name),
  );
}
