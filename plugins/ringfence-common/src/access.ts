import { connectionSchema } from '@ringfence/connection';
import { z } from 'zod/v3';

/** A file of the bundle, listed before it is downloaded. */
export const bundleFileSchema = z.object({
  path: z.string(),
  description: z.string().describe('One line: what it is for'),
  bytes: z.number().int(),
});
export type BundleFile = z.infer<typeof bundleFileSchema>;

/** A text that makes one client connect, complete and with verification on. */
export const snippetSchema = z.object({
  id: z.string().describe('Such as `python`'),
  title: z.string().describe('Such as "Python"'),
  path: z.string().describe("The bundle's file that this is"),
  language: z.string().describe('For highlighting'),
  note: z
    .string()
    .optional()
    .describe('One line that the user of this client must know'),
  routing: z
    .enum(['per-node', 'shared'])
    .optional()
    .describe(
      'Where nodes have names: whether this client reaches each by its own, or any by the shared name',
    ),
  text: z.string(),
});
export type Snippet = z.infer<typeof snippetSchema>;

/** How clients get in, read live; nothing in it is secret. */
export const accessSchema = z.object({
  connection: connectionSchema,
  ca: z.object({
    pem: z.string(),
    certificates: z.array(
      z.object({
        subject: z.string(),
        sha256: z.string().describe('Upper-case hex pairs joined by ":"'),
        notAfter: z.string().describe('ISO 8601'),
      }),
    ),
  }),
  command: z
    .string()
    .describe('One line to copy that connects; it holds no secret'),
  bundle: z.object({
    fileName: z.string(),
    files: z.array(bundleFileSchema),
  }),
  snippets: z.array(snippetSchema),
});
export type Access = z.infer<typeof accessSchema>;

/** The application role's login, shown once to an owner who asks for it. */
export const credentialsSchema = z.object({
  username: z.string(),
  password: z.string(),
});
export type Credentials = z.infer<typeof credentialsSchema>;
