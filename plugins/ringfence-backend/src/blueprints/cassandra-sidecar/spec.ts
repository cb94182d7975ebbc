import {
  completeResources,
  cqlRingShape,
  parseBytes,
  refuseUnusableRing,
  versionSchema,
  type CqlRingSpec,
  type RingResourcePresets,
} from '@ringfence/backstage-plugin-ringfence-node';
import { dnsLabelSchema } from '@ringfence/backstage-plugin-ringfence-common';
import { z } from 'zod/v3';
import { DEFAULT_VERSION, RELEASE_LINES } from './versions';

/** The blueprint's kind. */
export const KIND = 'cassandra-sidecar';

const PRESETS: RingResourcePresets = {
  dev: { cores: 1, memory: '1Gi' },
  production: { cores: 4, memory: '16Gi' },
};
/** With a smaller heap than half of this, a node under load is busy with garbage. */
const LEAST_PRODUCTION_MEMORY = '4Gi';

const meshSchema = z
  .object({
    revision: dnsLabelSchema
      .optional()
      .describe(
        'Revision or tag of Istio whose sidecar the pods get; absent: the one that serves by default',
      ),
  })
  .strict();

const fields = z
  .object({
    ...cqlRingShape({
      blueprint: z.literal(KIND).default(KIND),
      profile:
        'dev: 1 core and 1 GiB a node. production: cores and memory of its own',
      version: versionSchema(
        'Cassandra',
        RELEASE_LINES,
        DEFAULT_VERSION,
      ).describe(
        'Version of Cassandra; of 4.1 only the manifests are tested, no node was run',
      ),
      presets: PRESETS,
      memory:
        'Memory that Cassandra takes on each node; half of it is the heap',
    }),
    mesh: meshSchema.default({}),
  })
  .strict();

type Fields = z.infer<typeof fields>;

/** The spec of a Cassandra ring with sidecars, complete. */
export interface CassandraSidecarSpec extends CqlRingSpec {
  readonly blueprint: typeof KIND;
  readonly mesh: { readonly revision?: string };
}

/** Reads and completes the spec of a Cassandra ring with sidecars. */
export const cassandraSidecarSchema = fields
  .superRefine((spec, context) => {
    refuseUnusableRing(spec, PRESETS, context);
    refuseLittleMemory(spec, context);
  })
  .transform(
    (spec): CassandraSidecarSpec => ({
      ...spec,
      resources: completeResources(spec, PRESETS),
    }),
  );

function refuseLittleMemory(spec: Fields, context: z.RefinementCtx) {
  if (spec.profile === 'dev') return;
  const { memory } = completeResources(spec, PRESETS);
  const bytes = (quantity: string) => parseBytes(quantity) ?? 0;
  if (bytes(memory) >= bytes(LEAST_PRODUCTION_MEMORY)) return;
  context.addIssue({
    code: 'custom',
    path: ['resources', 'memory'],
    message: `must be at least ${LEAST_PRODUCTION_MEMORY} in production, not ${memory}`,
  });
}
