import { cqlRingBlueprint } from '@ringfence/backstage-plugin-ringfence-node';
import { scylladbAmbientRequirements } from './requirements';
import { scyllaRing } from './ring';
import { KIND, scylladbAmbientSchema, type ScylladbAmbientSpec } from './spec';

/** A ScyllaDB ring in an ambient mesh, reached through a TLS gateway. */
export const scylladbAmbient = cqlRingBlueprint<ScylladbAmbientSpec>({
  kind: KIND,
  title: 'ScyllaDB, ambient mesh',
  description:
    'Choose it where Istio runs in ambient mode: ScyllaDB without a sidecar in its pods, TLS at a gateway',
  schema: scylladbAmbientSchema,
  requirements: scylladbAmbientRequirements,
  ring: scyllaRing,
});

export type { ScylladbAmbientSpec } from './spec';
