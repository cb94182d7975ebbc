import {
  completeResources,
  cqlRingShape,
  parseBytes,
  refuseUnusableRing,
  versionSchema,
  type CqlRingSpec,
  type RingResourcePresets,
} from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';
import { DEFAULT_VERSION, RELEASE_LINES } from './versions';

/** The blueprint's kind. */
export const KIND = 'scylladb-ambient';

const PRESETS: RingResourcePresets = {
  dev: { cores: 1, memory: '768Mi' },
  production: { cores: 4, memory: '16Gi' },
};
/** ScyllaDB wants at least 1 GiB for each core outside of developer mode. */
const LEAST_BYTES_PER_CORE = 2 ** 30;

const fields = z
  .object(
    cqlRingShape({
      blueprint: z.literal(KIND).default(KIND),
      profile:
        'dev: 1 core and 768 MiB a node, developer mode. production: cores and memory of its own, XFS storage',
      version: versionSchema('ScyllaDB', RELEASE_LINES, DEFAULT_VERSION),
      presets: PRESETS,
      memory: 'Memory that ScyllaDB takes on each node',
    }),
  )
  .strict();

type Fields = z.infer<typeof fields>;

/** The spec of a ScyllaDB ring in an ambient mesh, complete. */
export interface ScylladbAmbientSpec extends CqlRingSpec {
  readonly blueprint: typeof KIND;
}

/** Reads and completes the spec of a ScyllaDB ring in an ambient mesh. */
export const scylladbAmbientSchema = fields
  .superRefine((spec, context) => {
    refuseUnusableRing(spec, PRESETS, context);
    refuseLittleMemory(spec, context);
  })
  .transform(
    (spec): ScylladbAmbientSpec => ({
      ...spec,
      resources: completeResources(spec, PRESETS),
    }),
  );

function refuseLittleMemory(spec: Fields, context: z.RefinementCtx) {
  if (spec.profile === 'dev') return;
  const { cores, memory } = completeResources(spec, PRESETS);
  if ((parseBytes(memory) ?? 0) >= cores * LEAST_BYTES_PER_CORE) return;
  context.addIssue({
    code: 'custom',
    path: ['resources', 'memory'],
    message: `must be at least 1Gi for each of ${cores} cores, not ${memory}`,
  });
}
