import { z } from 'zod/v3';
import { remedySchema } from './report';

/** Something that a blueprint needs from a Kubernetes cluster. */
export const requirementSchema = z.object({
  name: z.string().describe('Such as `cert-manager`'),
  met: z.boolean(),
  level: z
    .enum(['required', 'note'])
    .describe('An unmet `note` does not stop provisioning'),
  message: z.string().describe('What is there, or what is missing'),
  field: z
    .string()
    .optional()
    .describe(
      'Field of the spec that asks for it, such as `storage.className`',
    ),
  remedy: remedySchema.optional(),
});
export type Requirement = z.infer<typeof requirementSchema>;

/** A Kubernetes cluster as the form's picker shows it. */
export const platformSummarySchema = z.object({
  name: z.string(),
  usable: z.boolean(),
  message: z
    .string()
    .describe('Version and mesh where usable, else why it is not'),
  simulated: z.string().optional(),
  kubernetesVersion: z.string().optional(),
  istioVersion: z.string().optional(),
  storageClasses: z.array(z.object({ name: z.string(), default: z.boolean() })),
  gatewayClasses: z.array(z.string()),
  issuers: z.array(
    z.object({ kind: z.literal('ClusterIssuer'), name: z.string() }),
  ),
  requirements: z
    .record(z.array(requirementSchema))
    .describe('By blueprint, for a spec with all defaults'),
});
export type PlatformSummary = z.infer<typeof platformSummarySchema>;

/** A blueprint as lists and forms show it. */
export const blueprintSummarySchema = z.object({
  kind: z.string(),
  title: z.string(),
  description: z.string().describe('One line: when to choose it'),
  schema: z.record(z.unknown()).describe('JSON Schema of its spec'),
});
export type BlueprintSummary = z.infer<typeof blueprintSummarySchema>;
