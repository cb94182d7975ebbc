import type { Stage } from '../../../blueprint';
import { gatewayManifests, type GatewayPort } from '../../gateway';
import { gatewayHasAddress } from '../../gatewayWaits';
import { plaintextPorts, tlsPorts } from '../access';
import type { CqlRingContext } from '../CqlRing';
import { objectRefs } from '../objects';
import { CQL_PORT } from '../ports';
import { routeType } from '../routes';
import type { CqlRingSpec } from '../spec';

/** A gateway that is being replaced must not close the only way in. */
const PRODUCTION_GATEWAY_REPLICAS = 2;

/** The gateway's listeners. */
export function gatewayPorts(spec: CqlRingSpec): GatewayPort[] {
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
        ports: gatewayPorts(spec),
        routeKind: routeType(spec, platform).kind,
        replicas:
          spec.profile === 'production' ? PRODUCTION_GATEWAY_REPLICAS : 1,
      }),
    waits: [gatewayHasAddress(objectRefs(spec).gateway)],
  };
}
