import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import {
  completeResources,
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
import { z } from 'zod/v3';
import { racksOf } from './names';
import {
  accessSchema,
  datacentersSchema,
  medusaSchema,
  monitoringSchema,
  operatorSchema,
  reaperSchema,
  refusedField,
} from './schemas';
import { DEFAULT_VERSION, RELEASE_LINES } from './versions';

/** The blueprint's kind. */
export const KIND = 'k8ssandra';

const PRESETS: RingResourcePresets = {
  dev: { cores: 1, memory: '1Gi' },
  production: { cores: 4, memory: '16Gi' },
};

/** Longest name of a Service, of which the operators make `<name>-<datacenter>-additional-seed-service`. */
const MAX_SERVICE_NAME = 63 - '--additional-seed-service'.length;
/** Longest name of a StatefulSet whose pods still have a label with its revision in it. */
const MAX_STATEFUL_SET_NAME = 52;

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
    version: versionSchema(
      'Cassandra',
      RELEASE_LINES,
      DEFAULT_VERSION,
    ).describe('Version of Cassandra'),
    datacenters: datacentersSchema,
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
    medusa: medusaSchema.default({}),
    operator: operatorSchema.default({}),
    monitoring: monitoringSchema.default({}),
    stargate: refusedField(
      'no such field: Stargate is deprecated in k8ssandra-operator, and there is none for Cassandra 5. Leave it out: clients speak CQL with the nodes',
    ),
  })
  .strict();

type Fields = z.infer<typeof fields>;

/** The spec of a ring of K8ssandra, complete. */
export interface K8ssandraSpec
  extends DatabaseSpec,
    Omit<Fields, 'resources' | 'stargate' | keyof DatabaseSpec> {
  readonly blueprint: typeof KIND;
  readonly resources: RingResources;
}

/** Reads and completes the spec of a ring of K8ssandra. */
export const k8ssandraSchema = fields
  .superRefine((spec, context) => {
    refuseDevResources(spec, PRESETS, context);
    refuseDatacenters(spec, context);
    refuseReaper(spec, context);
  })
  .transform(
    (spec): K8ssandraSpec => ({
      ...spec,
      resources: completeResources(spec, PRESETS),
    }),
  );

function refuseDatacenters(spec: Fields, context: z.RefinementCtx) {
  const { name, datacenters, tls } = spec;
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({
      code: 'custom',
      path: ['datacenters', ...path],
      message,
    });
  datacenters.forEach((datacenter, index) => {
    const named = datacenters.findIndex(one => one.name === datacenter.name);
    if (named < index) {
      refuse([index, 'name'], 'must be another one than that of any before it');
    }
    if (name.length + datacenter.name.length > MAX_SERVICE_NAME) {
      refuse(
        [index, 'name'],
        `must be shorter: the operators name Services after it, and it and the database's name have ${MAX_SERVICE_NAME} characters together at most`,
      );
    }
    const longest = racksOf(datacenter).find(
      rack =>
        `${name}-${datacenter.name}-${rack}-sts`.length > MAX_STATEFUL_SET_NAME,
    );
    if (longest) {
      refuse(
        [index, 'racks'],
        `must have shorter names: StatefulSet "${name}-${datacenter.name}-${longest}-sts" would have more than ${MAX_STATEFUL_SET_NAME} characters`,
      );
    }
  });
  if (datacenters[0]?.k8sContext !== undefined) {
    refuse(
      [0, 'k8sContext'],
      'must be left out of the first datacenter: Ringfence speaks with that one, in the Kubernetes cluster of the K8ssandraCluster',
    );
  }
  if (!tls.internode.enabled && datacenters.some(one => one.k8sContext)) {
    context.addIssue({
      code: 'custom',
      path: ['tls', 'internode', 'enabled'],
      message:
        'must be true with datacenters in several Kubernetes clusters: what nodes send to each other leaves the Kubernetes cluster',
    });
  }
}

function refuseReaper({ reaper }: Fields, context: z.RefinementCtx) {
  if (!reaper.enabled) return;
  const isElsewhere = reaper.deploymentMode === 'CONTROL_PLANE';
  if (isElsewhere === (reaper.controlPlane !== undefined)) return;
  context.addIssue({
    code: 'custom',
    path: ['reaper', 'controlPlane'],
    message: isElsewhere
      ? 'is required with CONTROL_PLANE: the Reaper that is there already'
      : 'can be set only with deploymentMode CONTROL_PLANE',
  });
}
