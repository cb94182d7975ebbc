import type { Stage } from '../../../blueprint';
import type { Platform } from '../../../platform';
import { clientValidation } from '../../clientCertificates';
import { gatewayManifests, type GatewayPort } from '../../gateway';
import { gatewayHasAddress } from '../../gatewayWaits';
import { nodeNames } from '../../nodeNames';
import { plaintextPorts, tlsPorts } from '../access';
import type { CqlRingContext } from '../CqlRing';
import { objectRefs } from '../objects';
import { CQL_PORT, GATEWAY_TLS_PORT } from '../ports';
import { nodeRouteType, routeType } from '../routes';
import type { CqlRingSpec } from '../spec';

/** A gateway that is being replaced must not close the only way in. */
const PRODUCTION_GATEWAY_REPLICAS = 2;

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

/**
 * The gateway, before its certificate: clients verify the address that it gets
 * here, so the certificate has to name it.
 */
export function gatewayStage({ spec, platform, ring }: CqlRingContext): Stage {
  return {
    name: 'gateway',
    title: 'Gateway and its address',
    manifests: () =>
      gatewayManifests(spec, {
        application: ring.application,
        ports: [...sharedPorts(spec), ...nodePorts(spec, platform)],
        routeKind: routeType(spec, platform).kind,
        replicas:
          spec.profile === 'production' ? PRODUCTION_GATEWAY_REPLICAS : 1,
        clientValidation: clientValidation(spec, platform),
      }),
    waits: [gatewayHasAddress(objectRefs(spec).gateway)],
  };
}
