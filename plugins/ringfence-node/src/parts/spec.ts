import {
  databaseSpecShape,
  dnsLabelSchema,
} from '@ringfence/backstage-plugin-ringfence-common';
import { isIP } from 'node:net';
import { z } from 'zod/v3';
import { parseDurationMs } from './duration';
import { parseBytes } from './quantity';

/** Below this cert-manager refuses a certificate. */
const SHORTEST_DURATION_MS = 3_600_000;
/** Below this cert-manager refuses to wait with the renewal. */
const SHORTEST_RENEW_BEFORE_MS = 300_000;

/** Longest DNS name that certificates and resolvers take. @see RFC 1035, 2.3.4 */
const MAX_HOSTNAME_LENGTH = 253;

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

/** A complete host name: labels joined by dots, lower case, no wildcard. */
export const hostnameSchema = z
  .string()
  .max(MAX_HOSTNAME_LENGTH, 'must be no longer than 253 characters')
  .regex(
    new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    'must be a host name: labels of lower-case letters, digits and "-" joined by dots, such as orders.example.com',
  )
  .refine(name => isIP(name) === 0 && !/(^|\.)\d+$/.test(name), {
    message: 'must be a host name, not an IP address',
  });

/** An IPv4 or IPv6 address. */
export const ipAddressSchema = z
  .string()
  // A zone, as in fe80::1%eth0, means something on one machine only.
  .refine(text => isIP(text) !== 0 && !text.includes('%'), {
    message: 'must be an IP address, such as 203.0.113.10 or 2001:db8::10',
  });

/** A duration in cert-manager's notation, such as `2160h`. */
export const durationSchema = z
  .string()
  .refine(text => parseDurationMs(text) !== undefined, {
    message: 'must be a duration in hours, minutes and seconds, such as 2160h',
  });

/** A quantity of memory or storage in binary units, such as `10Gi`. */
export const bytesSchema = z
  .string()
  .refine(text => parseBytes(text) !== undefined, {
    message: 'must be a whole number with the unit Mi, Gi or Ti, such as 10Gi',
  });

/** The name of an object of most kinds (RFC 1123 subdomain). */
export const objectNameSchema = z
  .string()
  .max(253, 'must be no longer than 253 characters')
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'must be the name of a Kubernetes object: lower-case letters, digits, "-" and "."',
  );

/** Name of a datacenter or rack: drivers and nodetool take no more than these characters. */
export const topologyNameSchema = z
  .string()
  .max(48, 'must be no longer than 48 characters')
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    'must begin with a letter or digit and hold only letters, digits, "_" and "-"',
  );

/** Name, place and owner: what every spec begins with. */
export const placeShape = databaseSpecShape;

/** Issuers that are there already, as alternatives of who signs. */
export const namedIssuerSchemas = [
  z
    .object({
      kind: z.literal('Issuer'),
      name: objectNameSchema.describe("Issuer in the database's namespace"),
    })
    .strict(),
  z
    .object({
      kind: z.literal('ClusterIssuer'),
      name: objectNameSchema.describe('ClusterIssuer, such as a company CA'),
    })
    .strict(),
] as const;

/** Who signs the service certificate. */
export const issuerSchema = z
  .discriminatedUnion('kind', [
    z
      .object({
        kind: z
          .literal('self-signed')
          .describe('A CA of its own, made in the namespace'),
      })
      .strict(),
    ...namedIssuerSchemas,
  ])
  .describe('Who signs the certificate');

/** Who signs the service certificate. */
export type IssuerSpec = z.infer<typeof issuerSchema>;

/** What a certificate is for, beside the names that Ringfence gives it. */
export const certificateNamesShape = {
  dnsNames: z
    .array(hostnameSchema)
    .max(50)
    .default([])
    .describe('Further host names that clients may use'),
  ipAddresses: z
    .array(ipAddressSchema)
    .max(50)
    .default([])
    .describe('Further IP addresses that clients may use'),
};

/** How long a certificate lives, and with which key. */
export const certificateTermsShape = {
  duration: durationSchema
    .default('2160h')
    .describe('How long a certificate is valid'),
  renewBefore: durationSchema
    .default('720h')
    .describe('How long before its end it is renewed'),
  keyAlgorithm: z
    .enum(['ECDSA', 'RSA'])
    .default('ECDSA')
    .describe('ECDSA is P-256; RSA, for old clients, has 3072 bits'),
};

/** The certificate that the gateway shows. */
export const certificateSchema = z
  .object({
    ...certificateNamesShape,
    internalNames: z
      .boolean()
      .default(true)
      .describe(
        "Also name the gateway's Service and address. Switch off for an issuer that signs public names only, such as ACME",
      ),
    ...certificateTermsShape,
    issuer: issuerSchema.default({ kind: 'self-signed' }),
  })
  .strict()
  .superRefine(refuseUnusableDurations);

/** The certificate that the gateway shows. */
export type CertificateSpec = z.infer<typeof certificateSchema>;

/** Refuses, in a schema's `superRefine`, durations that cert-manager would. */
export function refuseUnusableDurations(
  spec: { duration: string; renewBefore: string },
  context: z.RefinementCtx,
) {
  const durationMs = parseDurationMs(spec.duration);
  const renewBeforeMs = parseDurationMs(spec.renewBefore);
  if (durationMs === undefined || renewBeforeMs === undefined) return;
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (durationMs < SHORTEST_DURATION_MS) {
    refuse('duration', `must be at least 1h, not ${spec.duration}`);
  }
  if (renewBeforeMs < SHORTEST_RENEW_BEFORE_MS) {
    refuse('renewBefore', `must be at least 5m, not ${spec.renewBefore}`);
  }
  if (renewBeforeMs >= durationMs) {
    refuse('renewBefore', `must be shorter than duration (${spec.duration})`);
  }
}

/** A workload inside the mesh that may dial the database. */
export const meshClientSchema = z
  .object({
    namespace: dnsLabelSchema.describe('Namespace of the client'),
    serviceAccount: objectNameSchema.describe('ServiceAccount of its pods'),
  })
  .strict();

/** A workload inside the mesh that may dial the database. */
export type MeshClient = z.infer<typeof meshClientSchema>;

/** What is asked about the way in, whatever is spoken on it. */
export const gatewayAccessShape = {
  hostname: hostnameSchema
    .optional()
    .describe(
      'Stable host name of the gateway; external-dns is told to serve it',
    ),
  clients: z
    .array(meshClientSchema)
    .max(100)
    .default([])
    .describe('Workloads inside the mesh that may dial the database'),
  gatewayClass: dnsLabelSchema
    .default('istio')
    .describe('GatewayClass of the gateway'),
  clientCertificates: z
    .enum(['off', 'optional', 'required'])
    .default('off')
    .describe(
      'Certificates of clients at the gateway, issued per team. optional: one that is shown must be valid. required: nobody gets in without one',
    ),
  keyExchange: z
    .enum(['default', 'hybrid-required'])
    .default('default')
    .describe(
      'hybrid-required: clients connect with the post-quantum hybrid X25519MLKEM768 (TLS 1.3) or not at all',
    ),
};

const { hostname, ...furtherAccess } = gatewayAccessShape;

/** How clients get in. */
export const accessSchema = z
  .object({
    exposure: z
      .enum(['tls', 'tcp', 'none'])
      .default('tls')
      .describe(
        'tls: TLS on 9041 and 9042. tcp: TLS on 9041 and plaintext on 9042. none: no gateway, clients inside the mesh only',
      ),
    acceptPlaintext: z
      .boolean()
      .default(false)
      .describe('With exposure tcp: do not report plaintext as failing'),
    nativePort: z
      .boolean()
      .default(true)
      .describe(
        "TLS on 9042 too, so that drivers which keep the nodes' own port need no translation of it",
      ),
    hostname,
    routing: z
      .enum(['shared', 'per-node'])
      .default('shared')
      .describe(
        'shared: the gateway picks a node for each connection. per-node: each node has a name below access.hostname, too, such as orders-0.orders.example.com, so that drivers reach the replica that they choose',
      ),
    ...furtherAccess,
  })
  .strict()
  .superRefine(refuseUnusableAccess);

/** How clients get in. */
export type AccessSpec = z.infer<typeof accessSchema>;

/** What a way past TLS, or no way at all, would make pointless. */
function refuseUnusableAccess(
  access: {
    exposure: 'tls' | 'tcp' | 'none';
    acceptPlaintext: boolean;
    clientCertificates: 'off' | 'optional' | 'required';
    keyExchange: 'default' | 'hybrid-required';
  },
  context: z.RefinementCtx,
) {
  const { exposure, clientCertificates } = access;
  const refuse = (field: keyof typeof access, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (access.acceptPlaintext && exposure !== 'tcp') {
    refuse('acceptPlaintext', 'can be true only where exposure is tcp');
  }
  if (clientCertificates === 'required' && exposure !== 'tls') {
    refuse(
      'clientCertificates',
      'can be required only where exposure is tls: plaintext carries no certificate',
    );
  }
  if (clientCertificates === 'optional' && exposure === 'none') {
    refuse('clientCertificates', 'must be off where exposure is none');
  }
  if (access.keyExchange === 'hybrid-required' && exposure !== 'tls') {
    refuse(
      'keyExchange',
      'can be hybrid-required only where exposure is tls: plaintext has no key exchange',
    );
  }
}

/** Where the data lies. */
export const storageSchema = z
  .object({
    className: objectNameSchema
      .optional()
      .describe("StorageClass; absent: the Kubernetes cluster's default"),
    size: bytesSchema
      .default('10Gi')
      .describe('Of the volume of each node')
      .refine(size => (parseBytes(size) ?? 0) >= 2 ** 30, {
        message: 'must be at least 1Gi',
      }),
  })
  .strict();

/** Where the data lies. */
export type StorageSpec = z.infer<typeof storageSchema>;

/** Who may read metrics. */
export const monitoringSchema = z
  .object({
    namespace: dnsLabelSchema
      .optional()
      .describe('Namespace whose pods may scrape metrics'),
    outsideMesh: z
      .boolean()
      .optional()
      .describe(
        'Prometheus is not in the mesh: the port for metrics takes plaintext of that namespace',
      ),
  })
  .strict();
