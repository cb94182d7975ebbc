import type { Stage } from '../../../blueprint';
import {
  caStage,
  certificateStage,
  clientCaStage,
  hasOwnCa,
  isGated,
  namespaceStage,
  policyStage,
} from '../../gated';
import type { CqlRingContext } from '../CqlRing';
import { credentialsStage } from './credentials';
import { databaseStage } from './database';
import { ringGatewayStage } from './gateway';
import { proofStage } from './proof';
import { routeStage } from './route';

/**
 * The stages of a ring in their order. Without a gateway there is no address,
 * so no certificate and no route either; with an issuer of someone else's, no CA.
 */
export function cqlRingStages(context: CqlRingContext): Stage[] {
  const { spec, platform, ring } = context;
  const { clientCertificates } = spec.access;
  const gated = { spec, platform, database: ring };
  return [
    namespaceStage(gated),
    credentialsStage(context),
    ...(hasOwnCa(spec) ? [caStage(gated)] : []),
    ...(clientCertificates === 'off' ? [] : [clientCaStage(gated)]),
    ...(isGated(spec)
      ? [ringGatewayStage(context), certificateStage(gated)]
      : []),
    policyStage(gated),
    databaseStage(context),
    ...(isGated(spec) ? [routeStage(context)] : []),
    proofStage(context),
  ];
}
