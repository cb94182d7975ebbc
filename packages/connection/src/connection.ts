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

const fileNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, 'a file name beside connection.json');

/** Files of a client certificate, and until when it is valid. */
export const clientCertificateSchema = z.object({
  certificateFile: fileNameSchema.describe(
    'PEM: the certificate, then those between it and its CA',
  ),
  keyFile: fileNameSchema.describe('PEM, PKCS #8'),
  keystoreFile: fileNameSchema
    .optional()
    .describe('PKCS #12 with both, for Java and .NET'),
  team: z.string().min(1).describe('For whom it was issued'),
  notAfter: z.string().datetime().describe('From then on it is refused'),
  renewUrl: z
    .string()
    .url()
    .optional()
    .describe('Where `ringfence-connect renew` asks the portal for the next'),
});

/** One node of a ring, as clients dial it through the gateway. */
export const nodeSchema = z.object({
  name: z.string().min(1).describe('Of its pod'),
  serverName: z
    .string()
    .min(1)
    .describe('Name sent as SNI, by which the gateway chooses the node'),
  address: z
    .string()
    .optional()
    .describe(
      'Address that the node announces to drivers, which is mapped to `serverName`; it is another after the pod was replaced',
    ),
  hostId: z
    .string()
    .uuid()
    .optional()
    .describe('`host_id` in `system.local` and `system.peers`, which stays'),
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
  protocol: z.enum(['cql', 'ignite']).describe('What is spoken inside TLS'),
  tls: z.object({
    serverName: z
      .string()
      .min(1)
      .describe('Name sent as SNI and verified against the certificate'),
    caFile: fileNameSchema.default('ca.crt'),
    caSha256: z
      .array(z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/))
      .min(1)
      .describe('SHA-256 fingerprint of each CA certificate in `caFile`'),
    minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
    keyExchange: z
      .enum(['hybrid-required'])
      .optional()
      .describe(
        'hybrid-required: only with the post-quantum hybrid X25519MLKEM768, which TLS 1.3 alone has',
      ),
    clientCertificate: clientCertificateSchema
      .optional()
      .describe('What the client shows of itself, where it was made for one'),
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
      nodes: z
        .array(nodeSchema)
        .min(1)
        .optional()
        .describe(
          'With routing per node: each node by a name of its own. A client that cannot tell nodes apart uses `endpoints` and `tls.serverName`',
        ),
    })
    .optional(),
  rest: z
    .object({
      endpoints: z
        .array(endpointSchema)
        .min(1)
        .describe('In order of preference; HTTPS, by `tls.serverName`'),
    })
    .optional()
    .describe("Where the database's REST API is served"),
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

/** Files of a client certificate, and until when it is valid. */
export type ClientCertificateFiles = z.infer<typeof clientCertificateSchema>;

/** One node of a ring, as clients dial it through the gateway. */
export type ConnectionNode = z.infer<typeof nodeSchema>;

/** The parsed content of a `connection.json`. */
export type Connection = z.infer<typeof connectionSchema>;
