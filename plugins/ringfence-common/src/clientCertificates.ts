import { z } from 'zod/v3';

/** The name in the certificate that the portal shows. */
const PORTAL = 'ringfence';

/** For whom a client certificate is asked. */
export const clientCertificateRequestSchema = z
  .object({
    team: z
      .string()
      .max(40)
      .regex(
        /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
        'lower-case letters, digits and "-"',
      )
      .refine(
        team => team !== PORTAL,
        `"${PORTAL}" is whom the portal's own certificate names`,
      )
      .describe('Who uses it, such as "checkout"; it is in the certificate'),
  })
  .strict();
export type ClientCertificateRequest = z.infer<
  typeof clientCertificateRequestSchema
>;

/** A client certificate that was issued to a team; nothing secret. */
export const issuedClientCertificateSchema = z.object({
  team: z.string(),
  secret: z
    .string()
    .describe("Secret in the database's namespace with certificate and key"),
  issuedBy: z.string().describe('Entity ref of who asked for it last'),
  issuedAt: z.string().describe('ISO 8601; of the last renewal'),
  notAfter: z
    .string()
    .optional()
    .describe('ISO 8601; absent while it is being issued'),
});
export type IssuedClientCertificate = z.infer<
  typeof issuedClientCertificateSchema
>;

/** A client certificate with its key. */
export const newClientCertificateSchema = z.object({
  certificate: issuedClientCertificateSchema,
  certificatePem: z
    .string()
    .describe('PEM: the certificate, then those between it and its CA'),
  keyPem: z.string().describe('PEM, PKCS #8; secret'),
  keystore: z
    .string()
    .describe('PKCS #12 with both in base64, as a bundle has it; secret'),
});
export type NewClientCertificate = z.infer<typeof newClientCertificateSchema>;
