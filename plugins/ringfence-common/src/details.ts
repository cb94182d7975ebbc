import { z } from 'zod/v3';
import { findingStatusSchema } from './report';

/** One certificate of a database with what stands in it; the public part only. */
export const certificateDetailsSchema = z.object({
  name: z.string(),
  purpose: z.enum(['ca', 'service', 'client']),
  subject: z.string().optional(),
  issuer: z.string().optional(),
  /** Name of the certificate here that signed it; its own where it signed itself. */
  issuedBy: z.string().optional(),
  names: z.array(z.string()).describe('DNS names and IP addresses'),
  key: z.string().optional().describe('Such as `ECDSA P-256`'),
  sha256: z.string().optional(),
  notBefore: z.string().optional(),
  notAfter: z.string().optional(),
  renewalTime: z.string().optional(),
  problem: z.string().optional().describe('Why it could not be read'),
});
export type CertificateDetails = z.infer<typeof certificateDetailsSchema>;

/** Who talks to the database, by identity. */
export const peerSchema = z.object({
  workload: z.string(),
  namespace: z.string(),
  principal: z.string().describe('`spiffe://...`, or `unknown`'),
  encrypted: z.boolean().describe('false: in plaintext'),
  connections: z.number(),
  receivedBytes: z.number(),
  refused: z.boolean().describe('The mesh itself refused it'),
});
export type Peer = z.infer<typeof peerSchema>;

/** One node with what Kubernetes and the ring say of it. */
export const nodeDetailsSchema = z.object({
  name: z.string().describe('Name of the pod'),
  address: z.string().optional(),
  status: findingStatusSchema,
  ready: z.boolean(),
  restarts: z.number().int(),
  ring: z.string().optional().describe('Such as `UN`'),
  datacenter: z.string().optional(),
  rack: z.string().optional(),
  load: z.string().optional(),
  hostedOn: z.string().optional().describe('Name of the Kubernetes node'),
  startedAt: z.string().optional(),
});
export type NodeDetails = z.infer<typeof nodeDetailsSchema>;

/** An event of type `Warning` in the database's namespace. */
export const warningEventSchema = z.object({
  at: z.string(),
  reason: z.string(),
  object: z.string().describe('Such as `Pod orders-0`'),
  message: z.string(),
  count: z.number().int(),
});
export type WarningEvent = z.infer<typeof warningEventSchema>;

/** What the tab shows besides the report. */
export const databaseDetailsSchema = z.object({
  certificates: z.array(certificateDetailsSchema),
  peers: z.array(peerSchema),
  nodes: z.array(nodeDetailsSchema),
  warnings: z.array(warningEventSchema),
  /** What of it could not be looked at, and why. */
  unknown: z.array(z.object({ what: z.string(), why: z.string() })),
});
export type DatabaseDetails = z.infer<typeof databaseDetailsSchema>;

/** How much of the traffic was under mTLS at one moment. */
export const trafficPointSchema = z.object({
  at: z.string(),
  mutualTlsBytes: z.number(),
  plaintextBytes: z.number(),
});
export type TrafficPoint = z.infer<typeof trafficPointSchema>;

/** A field that differs from the manifests of the stored spec. */
export const driftFieldSchema = z.object({
  field: z.string().optional().describe('Absent: the object is missing'),
  wanted: z.string().optional(),
  found: z.string().optional(),
  manager: z.string().optional().describe('Field manager that set it'),
});
export type DriftField = z.infer<typeof driftFieldSchema>;

/** A manifest of the stored spec and where the object differs from it. */
export const manifestDriftSchema = z.object({
  object: z.string().describe('Such as `StatefulSet orders/orders`'),
  yaml: z.string().describe('As Ringfence applies it; never a Secret'),
  drift: z.array(driftFieldSchema),
});
export type ManifestDrift = z.infer<typeof manifestDriftSchema>;
