import { z } from 'zod/v3';

/** What a role of a team may do in its keyspaces. */
export const keyspaceAccessSchema = z.enum(['read', 'readWrite']);
export type KeyspaceAccess = z.infer<typeof keyspaceAccessSchema>;

/** A role for a team, as it is asked for. */
export const credentialRequestSchema = z
  .object({
    name: z
      .string()
      .max(40)
      .regex(
        /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
        'lower-case letters, digits and "-", beginning with a letter',
      )
      .describe('Of the credential; the role is called after it'),
    team: z
      .string()
      .regex(
        /^[A-Za-z]+:[^/\s]+\/[^/\s]+$/,
        'an entity, such as group:default/a',
      )
      .describe('Entity ref of who uses it'),
    keyspaces: z
      .array(
        z
          .string()
          .regex(/^\w{1,48}$/, 'letters, digits and "_", at most 48')
          .refine(
            keyspace => !/^system/i.test(keyspace),
            'a keyspace of the database itself is granted to nobody',
          ),
      )
      .min(1)
      .describe('Those that are there and that it may use'),
    access: keyspaceAccessSchema,
  })
  .strict();
export type CredentialRequest = z.infer<typeof credentialRequestSchema>;

/** A role that was issued to a team; nothing secret. */
export const issuedCredentialSchema = z.object({
  name: z.string(),
  role: z.string().describe('Logs in, with the password of `secret`'),
  secret: z.string().describe("Secret in the database's namespace"),
  team: z.string(),
  keyspaces: z.array(z.string()),
  access: keyspaceAccessSchema,
  issuedBy: z.string().describe('Entity ref'),
  issuedAt: z.string().describe('ISO 8601; of this role, so of its rotation'),
  previous: z
    .object({
      role: z.string(),
      until: z.string().describe('ISO 8601; from then on it is dropped'),
    })
    .optional()
    .describe('The role before the last rotation, which still logs in'),
});
export type IssuedCredential = z.infer<typeof issuedCredentialSchema>;

/** A credential with its password, which is told this once. */
export const newCredentialSchema = z.object({
  credential: issuedCredentialSchema,
  password: z.string(),
});
export type NewCredential = z.infer<typeof newCredentialSchema>;
