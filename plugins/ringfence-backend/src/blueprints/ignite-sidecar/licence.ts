import { igniteNames } from './names';
import type { IgniteSidecarSpec } from './spec';

/** Name of the Secret that holds the licence. */
export function licenceSecret(spec: IgniteSidecarSpec): string {
  return spec.gridgain.licenceSecret ?? igniteNames.licence(spec);
}
