import type {
  Platform,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StageContext } from '../context';
import type { ScylladbAmbientSpec } from '../spec';
import { caStage } from './ca';
import { certificateStage } from './certificate';
import { credentialsStage } from './credentials';
import { databaseStage } from './database';
import { gatewayStage } from './gateway';
import { namespaceStage } from './namespace';
import { policyStage } from './policy';
import { proofStage } from './proof';
import { routeStage } from './route';

type StageFactory = (context: StageContext) => Stage;

/**
 * The stages in their order. Without a gateway there is no address, so no
 * certificate and no route either; with an issuer of someone else's, no CA.
 */
export function scylladbAmbientStages(
  spec: ScylladbAmbientSpec,
  platform: Platform,
): Stage[] {
  const gated = spec.access.exposure !== 'none';
  const ownCa = gated && spec.certificate.issuer.kind === 'self-signed';
  const factories: StageFactory[] = [
    namespaceStage,
    credentialsStage,
    ...(ownCa ? [caStage] : []),
    ...(gated ? [gatewayStage, certificateStage] : []),
    policyStage,
    databaseStage,
    ...(gated ? [routeStage] : []),
    proofStage,
  ];
  return factories.map(factory => factory({ spec, platform }));
}
