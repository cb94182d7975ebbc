import { z } from 'zod/v3';
import {
  durationSchema,
  hostnameSchema,
  ipAddressSchema,
  objectNameSchema,
  refuseUnusableDurations,
} from '../spec';

/** Who signs the certificate in the nodes' stores. */
export const storeIssuerSchema = z
  .discriminatedUnion('kind', [
    z
      .object({
        kind: z
          .literal('self-signed')
          .describe(
            'A CA of its own, made in the namespace; Ringfence can rotate it',
          ),
      })
      .strict(),
    z
      .object({
        kind: z
          .literal('bring-your-own')
          .describe("A CA of yours, in a Secret in the database's namespace"),
        secret: objectNameSchema.describe(
          "Secret of type kubernetes.io/tls: tls.crt holds the CA and those above it up to its root, tls.key the CA's key",
        ),
      })
      .strict(),
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
  ])
  .describe('Who signs the certificate');

/** Who signs the certificate in the nodes' stores. */
export type StoreIssuerSpec = z.infer<typeof storeIssuerSchema>;

const sideSchema = (what: string) =>
  z
    .object({
      enabled: z.boolean().default(true).describe(what),
      issuer: storeIssuerSchema.default({ kind: 'self-signed' }),
    })
    .strict();

/** TLS in Cassandra itself; each side by itself. */
export const storesSchema = z
  .object({
    client: sideSchema(
      'Encrypt connections of clients, who must show a certificate; plaintext is refused',
    ).default({}),
    internode: sideSchema(
      'Encrypt connections between the nodes, which must show a certificate; plaintext is refused',
    ).default({}),
  })
  .strict();

/** TLS in Cassandra itself. */
export type StoresSpec = z.infer<typeof storesSchema>;

/** The certificate that all nodes show. */
export const storeCertificateSchema = z
  .object({
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
  })
  .strict()
  .superRefine(refuseUnusableDurations);

/** The certificate that all nodes show. */
export type StoreCertificateSpec = z.infer<typeof storeCertificateSchema>;
