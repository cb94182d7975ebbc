import type { Stage } from '../../../blueprint';
import type { CqlRingContext } from '../CqlRing';
import { hasOwnCa } from '../spec';
import { caStage } from './ca';
import { certificateStage } from './certificate';
import { clientCaStage } from './clientCa';
import { credentialsStage } from './credentials';
import { databaseStage } from './database';
import { gatewayStage } from './gateway';
import { namespaceStage } from './namespace';
import { policyStage } from './policy';
import { proofStage } from './proof';
import { routeStage } from './route';

type StageFactory = (context: CqlRingContext) => Stage;

/**
 * The stages of a ring in their order. Without a gateway there is no address,
 * so no certificate and no route either; with an issuer of someone else's, no CA.
 */
export function cqlRingStages(context: CqlRingContext): Stage[] {
  const { access } = context.spec;
  const gated = access.exposure !== 'none';
  const factories: StageFactory[] = [
    namespaceStage,
    credentialsStage,
    ...(hasOwnCa(context.spec) ? [caStage] : []),
    ...(access.clientCertificates === 'off' ? [] : [clientCaStage]),
    ...(gated ? [gatewayStage, certificateStage] : []),
    policyStage,
    databaseStage,
    ...(gated ? [routeStage] : []),
    proofStage,
  ];
  return factories.map(factory => factory(context));
}

/** What a change of its CAs is about: they themselves, and what the gateway shows. */
export function caRotationStages(context: CqlRingContext): Stage[] {
  return [caStage(context), certificateStage(context)];
}
