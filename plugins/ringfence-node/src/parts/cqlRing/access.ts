import type { AccessRecipe } from '../../blueprint';
import { gatedAccess, serverName as gatedServerName } from '../gated';
import { names } from '../names';
import { nodeNames } from '../nodeNames';
import { CQL_PORT, GATEWAY_TLS_PORT } from './ports';
import type { CqlRingSpec } from './spec';

/** Ports on which the gateway takes TLS, the preferred one first. */
export function tlsPorts({ access }: CqlRingSpec): number[] {
  if (access.exposure === 'none') return [];
  const native = access.exposure === 'tls' && access.nativePort;
  return native ? [GATEWAY_TLS_PORT, CQL_PORT] : [GATEWAY_TLS_PORT];
}

/** Ports on which the gateway takes plaintext. */
export function plaintextPorts({ access }: CqlRingSpec): number[] {
  return access.exposure === 'tcp' ? [CQL_PORT] : [];
}

function namedNodes(spec: CqlRingSpec): Pick<AccessRecipe, 'nodes'> {
  const nodes = nodeNames(spec);
  return nodes.length > 0 ? { nodes } : {};
}

/** The name that clients verify. */
export function serverName(spec: CqlRingSpec): string {
  return gatedServerName(spec, names.cql(spec));
}

/** Where to read how clients of a ring get in; with exposure `none` there are no ports. */
export function cqlRingAccess(spec: CqlRingSpec): AccessRecipe {
  return {
    protocol: 'cql',
    ...gatedAccess(spec, names.cql(spec)),
    tlsPorts: tlsPorts(spec),
    plaintextPorts: plaintextPorts(spec),
    applicationRoleSecret: names.applicationSecret(spec),
    datacenter: spec.datacenter,
    ...namedNodes(spec),
  };
}
