import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import { z } from 'zod/v3';
import type { NodeName } from '../../blueprint';
import { refuseNamelessCertificate, refuseNamelessScraper } from '../gated';
import { refuseLongGatewayName } from '../names';
import { nodeNames } from '../nodeNames';
import {
  accessSchema,
  certificateSchema,
  monitoringSchema,
  placeShape,
  storageSchema,
  topologyNameSchema,
} from '../spec';
import {
  refuseDevResources,
  ringResourcesSchema,
  type RingResourcePresets,
  type RingResources,
} from './resources';

/** The fields of a ring's spec that a kind of ring puts in its own words. */
export interface CqlRingFields<Kind extends string> {
  /** The blueprint's kind, as a literal. */
  readonly blueprint: z.ZodType<Kind, z.ZodTypeDef, Kind | undefined>;
  /** What the profiles mean. */
  readonly profile: string;
  /** See `versionSchema`. */
  readonly version: z.ZodType<string, z.ZodTypeDef, string | undefined>;
  readonly presets: RingResourcePresets;
  /** What `resources.memory` means. */
  readonly memory: string;
}

/** The fields of every ring's spec, in the same words and order. */
export function cqlRingShape<Kind extends string>(own: CqlRingFields<Kind>) {
  return {
    ...placeShape,
    blueprint: own.blueprint,
    profile: z.enum(['dev', 'production']).default('dev').describe(own.profile),
    replicas: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(50, 'must be at most 50')
      .default(3)
      .describe('Nodes; 3 survive the loss of one'),
    version: own.version,
    datacenter: topologyNameSchema
      .default('datacenter1')
      .describe('Name of the datacenter: drivers must be told it'),
    rack: topologyNameSchema
      .default('rack1')
      .describe('Name of the rack of all nodes'),
    resources: ringResourcesSchema(own.presets, own.memory)
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
  } as const;
}

type Fields = z.infer<
  z.ZodObject<ReturnType<typeof cqlRingShape<string>>, 'strict'>
>;

/** The spec of a ring, complete. */
export interface CqlRingSpec
  extends DatabaseSpec,
    Omit<Fields, 'resources' | keyof DatabaseSpec> {
  readonly resources: RingResources;
}

/** Refuses, in a schema's `superRefine`, what no ring can be made of. */
export function refuseUnusableRing(
  spec: Fields,
  presets: RingResourcePresets,
  context: z.RefinementCtx,
): void {
  refuseLongGatewayName(spec, context);
  refuseDevResources(spec, presets, context);
  refuseNamelessCertificate(spec, context);
  refuseNamelessScraper(spec, context);
  refuseNamelessNodes(spec, context);
}

/** Longest DNS name that certificates and resolvers take. @see RFC 1035, 2.3.4 */
const MAX_HOSTNAME_LENGTH = 253;

/** Routing per node takes a gateway, and a host name that the nodes' names go below. */
function refuseNamelessNodes(spec: Fields, context: z.RefinementCtx) {
  const { routing, exposure, hostname } = spec.access;
  if (routing !== 'per-node') return;
  const refuse = (field: 'hostname' | 'routing', message: string) =>
    context.addIssue({ code: 'custom', path: ['access', field], message });
  if (exposure === 'none') {
    refuse(
      'routing',
      'must be shared where exposure is none: the gateway tells nodes apart, and there is none',
    );
  } else if (!hostname) {
    refuse(
      'hostname',
      'must be set where routing is per-node: the names of the nodes are below it',
    );
  } else if (nodeNames(spec).some(isTooLong)) {
    refuse(
      'hostname',
      `must be shorter where routing is per-node: a node's name below it has at most ${MAX_HOSTNAME_LENGTH} characters`,
    );
  }
}

function isTooLong({ serverName }: NodeName): boolean {
  return serverName.length > MAX_HOSTNAME_LENGTH;
}
