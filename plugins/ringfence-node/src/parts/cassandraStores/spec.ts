import { z } from 'zod/v3';
import {
  certificateNamesShape,
  certificateTermsShape,
  namedIssuerSchemas,
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
    ...namedIssuerSchemas,
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
    ...certificateNamesShape,
    ...certificateTermsShape,
  })
  .strict()
  .superRefine(refuseUnusableDurations);

/** The certificate that all nodes show. */
export type StoreCertificateSpec = z.infer<typeof storeCertificateSchema>;
