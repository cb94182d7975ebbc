import type { Stage } from '../../../blueprint';
import type { GatedContext } from '../GatedDatabase';
import { caStage } from './ca';
import { certificateStage } from './certificate';

export { caStage } from './ca';
export { certificateStage } from './certificate';
export { clientCaStage } from './clientCa';
export { gatewayStage } from './gateway';
export { namespaceStage } from './namespace';
export { policyStage } from './policy';

/** What a change of its CAs is about: they themselves, and what the gateway shows. */
export function caRotationStages(context: GatedContext): Stage[] {
  return [caStage(context), certificateStage(context)];
}
