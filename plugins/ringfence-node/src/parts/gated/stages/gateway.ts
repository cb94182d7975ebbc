import type { Stage } from '../../../blueprint';
import { clientValidation } from '../../clientCertificates';
import {
  gatewayManifests,
  type GatewayPort,
  type GatewayRouteKind,
} from '../../gateway';
import { gatewayHasAddress } from '../../gatewayWaits';
import type { GatedContext } from '../GatedDatabase';
import { objectRefs } from '../objects';

/** A gateway that is being replaced must not close the only way in. */
const PRODUCTION_GATEWAY_REPLICAS = 2;

/**
 * The gateway, before its certificate: clients verify the address that it gets
 * here, so the certificate has to name it.
 */
export function gatewayStage(
  { spec, platform, database }: GatedContext,
  listeners: {
    readonly ports: readonly GatewayPort[];
    /** Kind of the route that may attach where a port names none. */
    readonly routeKind: GatewayRouteKind;
  },
): Stage {
  return {
    name: 'gateway',
    title: 'Gateway and its address',
    manifests: () =>
      gatewayManifests(spec, {
        application: database.application,
        ...listeners,
        replicas:
          spec.profile === 'production' ? PRODUCTION_GATEWAY_REPLICAS : 1,
        clientValidation: clientValidation(spec, platform),
      }),
    waits: [gatewayHasAddress(objectRefs(spec).gateway)],
  };
}
