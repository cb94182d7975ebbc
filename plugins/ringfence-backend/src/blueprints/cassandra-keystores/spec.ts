import {
  completeResources,
  hostnameSchema,
  placeShape,
  refuseDevResources,
  ringResourcesSchema,
  storageSchema,
  storeCertificateSchema,
  storesSchema,
  versionSchema,
  type RingResourcePresets,
  type RingResources,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  dnsLabelSchema,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import { z } from 'zod/v3';
import { DEFAULT_VERSION, RELEASE_LINES } from './versions';

/** The blueprint's kind. */
export const KIND = 'cassandra-keystores';

const PRESETS: RingResourcePresets = {
  dev: { cores: 1, memory: '1Gi' },
  production: { cores: 4, memory: '16Gi' },
};

/** Longest name of which cass-operator can make `<name>-<name>-additional-seed-service`. */
const MAX_NAME_LENGTH = 19;

const clientSchema = z
  .object({
    namespace: dnsLabelSchema.describe('Namespace of the client'),
  })
  .strict();

const accessSchema = z
  .object({
    hostname: hostnameSchema
      .optional()
      .describe(
        'Stable host name that leads to the nodes, named by their certificate; absent: the name of their Service',
      ),
    clients: z
      .array(clientSchema)
      .max(100)
      .default([])
      .describe('Namespaces whose pods may dial the nodes'),
  })
  .strict();

const scheduleSchema = z
  .object({
    enabled: z
      .boolean()
      .default(true)
      .describe('Repair every keyspace again and again by itself'),
    everyDays: z
      .number()
      .int('must be a whole number')
      .min(1)
      .max(30)
      .default(7)
      .describe(
        'Days between repairs; fewer than gc_grace_seconds of the tables, which is 10 days unless told otherwise',
      ),
    excludedKeyspaces: z
      .array(z.string().regex(/^\w{1,48}$/, 'must be the name of a keyspace'))
      .max(100)
      .default([])
      .describe('Keyspaces that are not repaired'),
  })
  .strict();

const reaperSchema = z
  .object({
    enabled: z
      .boolean()
      .default(false)
      .describe('Run Reaper, a client with a certificate of its own'),
    schedules: scheduleSchema.default({}),
  })
  .strict();

const operatorSchema = z
  .object({
    namespace: dnsLabelSchema
      .default('cass-operator')
      .describe(
        "Namespace of cass-operator, which alone may reach the nodes' management API",
      ),
  })
  .strict();

const monitoringSchema = z
  .object({
    namespace: dnsLabelSchema
      .optional()
      .describe('Namespace whose pods may scrape metrics'),
  })
  .strict();

const fields = z
  .object({
    ...placeShape,
    blueprint: z.literal(KIND).default(KIND),
    profile: z
      .enum(['dev', 'production'])
      .default('dev')
      .describe(
        'dev: 1 core and 1 GiB a node. production: cores and memory of its own, one node on each node of Kubernetes',
      ),
    replicas: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(50, 'must be at most 50')
      .default(3)
      .describe('Nodes; 3 survive the loss of one'),
    version: versionSchema(
      'Cassandra',
      RELEASE_LINES,
      DEFAULT_VERSION,
    ).describe(
      'Version of Cassandra; of 4.1 only the manifests are tested, no node was run',
    ),
    resources: ringResourcesSchema(
      PRESETS,
      'Memory that Cassandra takes on each node; half of it is the heap',
    )
      .default({})
      .describe('Of each node in the production profile'),
    storage: storageSchema.default({}),
    tls: storesSchema.default({}),
    certificate: storeCertificateSchema.default({}),
    access: accessSchema.default({}),
    reaper: reaperSchema.default({}),
    operator: operatorSchema.default({}),
    monitoring: monitoringSchema.default({}),
  })
  .strict();

type Fields = z.infer<typeof fields>;

/** The spec of a Cassandra ring with TLS of its own, complete. */
export interface CassandraKeystoresSpec
  extends DatabaseSpec,
    Omit<Fields, 'resources' | keyof DatabaseSpec> {
  readonly blueprint: typeof KIND;
  readonly resources: RingResources;
}

/** Reads and completes the spec of a Cassandra ring with TLS of its own. */
export const cassandraKeystoresSchema = fields
  .superRefine((spec, context) => {
    refuseDevResources(spec, PRESETS, context);
    refuseLongName(spec, context);
  })
  .transform(
    (spec): CassandraKeystoresSpec => ({
      ...spec,
      resources: completeResources(spec, PRESETS),
    }),
  );

function refuseLongName({ name }: Fields, context: z.RefinementCtx) {
  if (name.length <= MAX_NAME_LENGTH) return;
  context.addIssue({
    code: 'custom',
    path: ['name'],
    message: `must be no longer than ${MAX_NAME_LENGTH} characters: cass-operator names Services after it twice`,
  });
}
