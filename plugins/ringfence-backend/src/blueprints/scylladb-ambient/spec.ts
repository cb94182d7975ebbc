import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import {
  accessSchema,
  bytesSchema,
  certificateSchema,
  monitoringSchema,
  parseBytes,
  placeShape,
  refuseLongGatewayName,
  storageSchema,
  topologyNameSchema,
} from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';
import {
  DEFAULT_VERSION,
  findReleaseLine,
  KNOWN_VERSIONS_TEXT,
} from './versions';

/** The blueprint's kind. */
export const KIND = 'scylladb-ambient';

/** What a node gets in the dev profile: enough to start, and no more. */
const DEV_RESOURCES = { cores: 1, memory: '768Mi' } as const;
/** What a node gets in the production profile unless the spec says otherwise. */
const PRODUCTION_RESOURCES = { cores: 4, memory: '16Gi' } as const;
/** ScyllaDB wants at least 1 GiB for each core outside of developer mode. */
const LEAST_BYTES_PER_CORE = 2 ** 30;

const resourcesSchema = z
  .object({
    cores: z
      .number()
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('Whole cores of each node; default 4'),
    memory: bytesSchema
      .optional()
      .describe('Memory that ScyllaDB takes on each node; default 16Gi'),
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
        'dev: 1 core and 768 MiB a node, developer mode. production: cores and memory of its own, XFS storage',
      ),
    replicas: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(50, 'must be at most 50')
      .default(3)
      .describe('Nodes; 3 survive the loss of one'),
    version: z
      .string()
      .default(DEFAULT_VERSION)
      .describe('Version of ScyllaDB')
      .refine(version => findReleaseLine(version) !== undefined, {
        message: `is not a known version of ScyllaDB; known are ${KNOWN_VERSIONS_TEXT}`,
      }),
    datacenter: topologyNameSchema
      .default('datacenter1')
      .describe('Name of the datacenter: drivers must be told it'),
    rack: topologyNameSchema
      .default('rack1')
      .describe('Name of the rack of all nodes'),
    resources: resourcesSchema
      .default({})
      .describe('Of each node in the production profile'),
    storage: storageSchema.default({}),
    certificate: certificateSchema.default({}),
    access: accessSchema.default({}),
    strictMtls: z
      .boolean()
      .default(true)
      .describe('Refuse plaintext to the nodes inside the mesh'),
    monitoring: monitoringSchema.default({}),
  })
  .strict();

type Fields = z.infer<typeof fields>;

/** The spec of a ScyllaDB ring in an ambient mesh, complete. */
export interface ScylladbAmbientSpec
  extends DatabaseSpec,
    Omit<Fields, 'resources' | keyof DatabaseSpec> {
  readonly blueprint: typeof KIND;
  readonly resources: { readonly cores: number; readonly memory: string };
}

/** Reads and completes the spec of a ScyllaDB ring in an ambient mesh. */
export const scylladbAmbientSchema = fields
  .superRefine((spec, context) => {
    refuseLongGatewayName(spec, context);
    refuseResources(spec, context);
    refuseNamelessCertificate(spec, context);
  })
  .transform(
    (spec): ScylladbAmbientSpec => ({
      ...spec,
      resources: { ...presetResources(spec.profile), ...spec.resources },
    }),
  );

function presetResources(profile: Fields['profile']) {
  return profile === 'dev' ? DEV_RESOURCES : PRODUCTION_RESOURCES;
}

function refuseResources(spec: Fields, context: z.RefinementCtx) {
  const preset = presetResources(spec.profile);
  const { cores, memory } = { ...preset, ...spec.resources };
  if (spec.profile === 'dev') {
    // A completed spec is read again on every run, so the preset itself passes.
    if (cores !== preset.cores || memory !== preset.memory) {
      context.addIssue({
        code: 'custom',
        path: ['resources'],
        message:
          'must be left out in the dev profile, which has 1 core and 768Mi a node; choose profile production',
      });
    }
    return;
  }
  if ((parseBytes(memory) ?? 0) < cores * LEAST_BYTES_PER_CORE) {
    context.addIssue({
      code: 'custom',
      path: ['resources', 'memory'],
      message: `must be at least 1Gi for each of ${cores} cores, not ${memory}`,
    });
  }
}

function refuseNamelessCertificate(spec: Fields, context: z.RefinementCtx) {
  const { certificate, access } = spec;
  if (access.exposure === 'none' || certificate.internalNames) return;
  if (access.hostname || certificate.dnsNames.length > 0) return;
  context.addIssue({
    code: 'custom',
    path: ['certificate', 'dnsNames'],
    message:
      'must hold a name where internalNames is off and access.hostname is not set: the certificate would have none',
  });
}
