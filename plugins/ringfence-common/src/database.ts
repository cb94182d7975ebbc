import { z } from 'zod/v3';
import { ROTATION_STEPS } from './spec';

/** Where a database is: one database a namespace. */
export interface DatabaseRef {
  readonly kubernetesCluster: string;
  readonly namespace: string;
}

/** `<kubernetesCluster>/<namespace>`, the address of a database. */
export function stringifyDatabaseRef(ref: DatabaseRef): string {
  return `${ref.kubernetesCluster}/${ref.namespace}`;
}

/**
 * Reads `<kubernetesCluster>/<namespace>`.
 *
 * @returns undefined where the text has another form
 */
export function parseDatabaseRef(text: string): DatabaseRef | undefined {
  const [kubernetesCluster, namespace, ...rest] = text.split('/');
  if (!kubernetesCluster || !namespace || rest.length > 0) return undefined;
  return { kubernetesCluster, namespace };
}

/**
 * What stands for a database in messages that everybody gets: who may see the
 * database knows it again, and who may not reads no name in it.
 *
 * @param database - `<kubernetesCluster>/<namespace>`
 */
export function reportSignalId(database: string): string {
  return fnv1a(database);
}

/** Longest name of a catalog entity. @see https://backstage.io/docs/features/software-catalog/descriptor-format#name-required */
const MAX_ENTITY_NAME_LENGTH = 63;

/**
 * The entity ref of a database: `resource:default/<kubernetesCluster>.<namespace>`,
 * its name cut and closed by a hash of the whole where it would be too long.
 */
export function databaseEntityRef(ref: DatabaseRef): string {
  const name = `${ref.kubernetesCluster}.${ref.namespace}`;
  if (name.length <= MAX_ENTITY_NAME_LENGTH) return `resource:default/${name}`;
  const hash = fnv1a(name);
  const head = name.slice(0, MAX_ENTITY_NAME_LENGTH - hash.length - 1);
  return `resource:default/${head}.${hash}`;
}

/** FNV-1a, 32 bit: eight hex digits. Not for security: it only tells names apart. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) {
    // eslint-disable-next-line no-bitwise
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}

/** What a database is doing, as far as Ringfence itself decides it. */
export const databaseStateSchema = z.enum([
  'provisioning',
  'ready',
  'decommissioning',
  'retained',
]);
export type DatabaseState = z.infer<typeof databaseStateSchema>;

/** One database as lists show it. */
export const databaseSummarySchema = z.object({
  kubernetesCluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  blueprint: z.string(),
  blueprintTitle: z.string(),
  owner: z.string().describe('Entity ref'),
  state: databaseStateSchema,
  simulated: z
    .string()
    .optional()
    .describe('What of this database is imitated, in a sentence'),
});
export type DatabaseSummary = z.infer<typeof databaseSummarySchema>;

/** How far the rotation of a database's CA has come. */
export const caRotationSchema = z.object({
  signing: z
    .number()
    .int()
    .describe('Number of the CA that signs; the first one has number 1'),
  trusted: z
    .array(z.number().int())
    .describe(
      "Numbers of the CAs that are trusted; two while one takes the other's place",
    ),
  underWay: z.boolean().describe('The step `next` was begun and is not done'),
  next: z
    .enum(ROTATION_STEPS)
    .describe(
      'trust: make the next CA, trusted beside the one that signs. issue: have the next one sign. drop: trust the former one no more',
    ),
});
export type CaRotation = z.infer<typeof caRotationSchema>;

/** How clients get in to a database. */
export const wayInSchema = z.object({
  through: z
    .enum(['gateway', 'nodes', 'none'])
    .describe(
      'nodes: they dial the nodes themselves. none: from inside the mesh alone',
    ),
  clientCertificates: z
    .enum(['off', 'optional', 'required'])
    .describe('Whether they show a certificate of their own'),
  protocol: z
    .enum(['cql', 'ignite'])
    .optional()
    .describe('What they speak; of CQL alone teams have roles of their own'),
});
export type WayIn = z.infer<typeof wayInSchema>;

/** A database with the spec it was made from. */
export const databaseSchema = databaseSummarySchema.extend({
  spec: z.record(z.unknown()),
  /** Absent: it has no CA of its own. */
  caRotation: caRotationSchema
    .describe('How far the rotation of the CA has come')
    .optional(),
  wayIn: wayInSchema.describe('How clients get in'),
  /** What the asking user may do with it, so that the interface offers no more. */
  allowed: z.object({
    downloadBundle: z.boolean(),
    readCredentials: z.boolean(),
    delete: z.boolean(),
    operate: z.boolean(),
    /** Roles and client certificates of teams. */
    issueCredentials: z.boolean(),
  }),
});
export type Database = z.infer<typeof databaseSchema>;
