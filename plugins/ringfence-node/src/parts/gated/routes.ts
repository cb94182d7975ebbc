import type { ObjectRef } from '../../kubernetes';
import type { Platform } from '../../platform';
import type { Named } from '../names';
import { chooseRoute, ROUTE_TYPES, type RouteType } from '../routing';
import type { GatedSpec } from './GatedDatabase';

/**
 * The route of bytes that works on this platform. Where none does, requirements
 * have said so and nothing is applied; a plan then shows the preferred one.
 */
export function sharedRouteType(
  { access }: Pick<GatedSpec, 'access'>,
  platform: Platform,
): RouteType {
  const plaintext = access.exposure === 'tcp';
  const choice = chooseRoute(platform, { plaintext });
  return choice.works ? choice.type : ROUTE_TYPES[0];
}

/** Where to look for a route of bytes: the one that the platform can do exists. */
export function observedRoutes(
  { namespace }: Pick<Named, 'namespace'>,
  name: string,
): ObjectRef[] {
  return ROUTE_TYPES.map(type => ({ ...type, namespace, name }));
}
