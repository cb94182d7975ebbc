import {
  gatewayHasAddress,
  gatewayManifests,
  type GatewayPort,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { plaintextPorts, tlsPorts } from '../access';
import { APPLICATION } from '../application';
import type { StageContext } from '../context';
import { objectRefs } from '../objects';
import { CQL_PORT } from '../ports';
import { routeType } from '../routes';
import type { ScylladbAmbientSpec } from '../spec';

/** A gateway that is being replaced must not close the only way in. */
const PRODUCTION_GATEWAY_REPLICAS = 2;

/** The gateway's listeners. */
export function gatewayPorts(spec: ScylladbAmbientSpec): GatewayPort[] {
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
export function gatewayStage({ spec, platform }: StageContext): Stage {
  return {
    name: 'gateway',
    title: 'Gateway and its address',
    manifests: () =>
      gatewayManifests(spec, {
        application: APPLICATION,
        ports: gatewayPorts(spec),
        routeKind: routeType({ spec, platform }).kind,
        replicas:
          spec.profile === 'production' ? PRODUCTION_GATEWAY_REPLICAS : 1,
      }),
    waits: [gatewayHasAddress(objectRefs(spec).gateway)],
  };
}
