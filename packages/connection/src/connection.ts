import { z } from 'zod/v3';

/** Where a client can dial the database. */
export const endpointSchema = z.object({
  scope: z
    .enum(['external', 'in-cluster'])
    .describe(
      '`external` is reachable from outside the Kubernetes cluster, `in-cluster` by Service name from its pods',
    ),
  host: z.string().min(1).describe('IP address or DNS name to dial'),
  port: z.number().int().min(1).max(65535),
});

/**
 * The content of a bundle's `connection.json`: all that a client needs to
 * reach one database, and nothing secret.
 */
export const connectionSchema = z.object({
  apiVersion: z.literal('ringfence.dev/v1'),
  kind: z.literal('Connection'),
  database: z.object({
    name: z.string().min(1),
    kubernetesCluster: z.string().min(1),
    namespace: z.string().min(1),
    blueprint: z.string().min(1),
  }),
  protocol: z.enum(['cql']).describe('What is spoken inside TLS'),
  tls: z.object({
    serverName: z
      .string()
      .min(1)
      .describe('Name sent as SNI and verified against the certificate'),
    caFile: z
      .string()
      .regex(/^[A-Za-z0-9._-]+$/, 'a file name beside connection.json')
      .default('ca.crt'),
    caSha256: z
      .array(z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/))
      .min(1)
      .describe('SHA-256 fingerprint of each CA certificate in `caFile`'),
    minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
  }),
  endpoints: z.array(endpointSchema).min(1).describe('In order of preference'),
  cql: z
    .object({
      datacenter: z.string().min(1),
      nodeSubnets: z
        .array(z.string())
        .describe(
          "CIDR blocks of the nodes' own addresses, which clients must never dial",
        ),
    })
    .optional(),
  role: z
    .string()
    .optional()
    .describe('Login role made for clients; its password is never in here'),
  simulated: z
    .string()
    .optional()
    .describe('Set by a sandbox: what is imitated, in a sentence'),
});

/** One place to dial. */
export type Endpoint = z.infer<typeof endpointSchema>;

/** The parsed content of a `connection.json`. */
export type Connection = z.infer<typeof connectionSchema>;
