import {
  gatedAccess,
  isGated,
  names,
  serverName as gatedServerName,
  type AccessRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { GATEWAY_REST_PORT, igniteNames, PORTS } from './names';
import { hasLogins, type IgniteSidecarSpec } from './spec';

/** The name that clients verify. */
export function serverName(spec: IgniteSidecarSpec): string {
  return gatedServerName(spec, igniteNames.clients(spec));
}

/** Where to read how clients get in; with exposure `none` there are no ports. */
export function igniteSidecarAccess(spec: IgniteSidecarSpec): AccessRecipe {
  return {
    protocol: 'ignite',
    ...gatedAccess(spec, igniteNames.clients(spec)),
    tlsPorts: isGated(spec) ? [PORTS.thinClient] : [],
    plaintextPorts: [],
    ...(isGated(spec) && { restPorts: [GATEWAY_REST_PORT] }),
    ...(hasLogins(spec) && {
      applicationRoleSecret: names.applicationSecret(spec),
    }),
  };
}
