import type { Stage } from '../../../blueprint';
import type { Platform } from '../../../platform';
import { gatewayStage } from '../../gated';
import type { GatewayPort } from '../../gateway';
import { nodeNames } from '../../nodeNames';
import { plaintextPorts, tlsPorts } from '../access';
import type { CqlRingContext } from '../CqlRing';
import { CQL_PORT, GATEWAY_TLS_PORT } from '../ports';
import { nodeRouteType, routeType } from '../routes';
import type { CqlRingSpec } from '../spec';

/** The gateway's listeners that lead to all nodes. */
export function sharedPorts(spec: CqlRingSpec): GatewayPort[] {
  const tls = tlsPorts(spec).map((port): GatewayPort => {
    const name = port === CQL_PORT ? 'cql-tls-native' : 'cql-tls';
    return { name, port, mode: 'tls' };
  });
  const plaintext = plaintextPorts(spec).map(
    (port): GatewayPort => ({ name: 'cql', port, mode: 'plaintext' }),
  );
  return [...tls, ...plaintext];
}

/**
 * The gateway's listeners that lead to one node each, in the nodes' order. On
 * the same port as the others, told apart by SNI: a listener for each name,
 * since that is what every Istio makes a filter chain of.
 */
export function nodePorts(
  spec: CqlRingSpec,
  platform: Platform,
): GatewayPort[] {
  const { kind: routeKind } = nodeRouteType(platform);
  return nodeNames(spec).map(({ serverName }, ordinal) => ({
    name: `cql-tls-node-${ordinal}`,
    port: GATEWAY_TLS_PORT,
    mode: 'tls',
    hostname: serverName,
    routeKind,
  }));
}

/** The gateway of a ring. */
export function ringGatewayStage({
  spec,
  platform,
  ring,
}: CqlRingContext): Stage {
  return gatewayStage(
    { spec, platform, database: ring },
    {
      ports: [...sharedPorts(spec), ...nodePorts(spec, platform)],
      routeKind: routeType(spec, platform).kind,
    },
  );
}
