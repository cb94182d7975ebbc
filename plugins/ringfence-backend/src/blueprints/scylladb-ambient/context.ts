import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import type { ScylladbAmbientSpec } from './spec';

/** What every stage is made from. */
export interface StageContext {
  readonly spec: ScylladbAmbientSpec;
  readonly platform: Platform;
}
