import { z } from 'zod/v3';

/** `unknown` means that Ringfence could not look; it never stands for `ok`. */
export const findingStatusSchema = z.enum([
  'ok',
  'warning',
  'failing',
  'unknown',
]);
export type FindingStatus = z.infer<typeof findingStatusSchema>;

/** What to do about a finding. */
export const remedySchema = z.object({
  text: z.string().describe('A sentence'),
  command: z.string().optional().describe('The exact next command, to copy'),
});
export type Remedy = z.infer<typeof remedySchema>;

/** One piece of evidence, as a label and what was seen. */
export const evidenceSchema = z.record(
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);
export type Evidence = z.infer<typeof evidenceSchema>;

/** The segments of the fence, in the order in which interfaces show them. */
export const findingCategorySchema = z.enum([
  'certificate',
  'mesh',
  'gateway',
  'ring',
  'access',
]);
export type FindingCategory = z.infer<typeof findingCategorySchema>;

/** The answer to one check. */
export const findingSchema = z.object({
  check: z.string().describe('Id of the check, such as `certificate.served`'),
  title: z.string(),
  category: findingCategorySchema,
  status: findingStatusSchema,
  reason: z.string().describe('A documented constant in PascalCase'),
  summary: z.string().describe('One sentence for people'),
  evidence: evidenceSchema,
  remedy: remedySchema.optional(),
  documentation: z
    .string()
    .optional()
    .describe(
      "What the reason means: a URL, or a page of Ringfence's own documents with its anchor",
    ),
  observedAt: z
    .string()
    .describe('ISO 8601: when the oldest fact behind it was seen'),
});
export type Finding = z.infer<typeof findingSchema>;

/** A certificate as the interface draws it. */
export const certificateSummarySchema = z.object({
  name: z.string(),
  purpose: z.enum(['ca', 'service', 'client']),
  notBefore: z.string().optional(),
  notAfter: z.string().optional(),
  renewalTime: z.string().optional(),
});
export type CertificateSummary = z.infer<typeof certificateSummarySchema>;

/** One node of the database. */
export const nodeSummarySchema = z.object({
  name: z.string().describe('Name of the pod'),
  address: z.string().optional(),
  status: findingStatusSchema,
  summary: z.string().describe('Such as "UN" or "not in the ring"'),
});
export type NodeSummary = z.infer<typeof nodeSummarySchema>;

/** All findings on a database at one moment. */
export const reportSchema = z.object({
  kubernetesCluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  blueprint: z.string(),
  status: findingStatusSchema.describe('The worst of the findings'),
  headline: z
    .string()
    .describe('In words: "Fenced", or the summary of the worst finding'),
  findings: z.array(findingSchema),
  certificates: z.array(certificateSummarySchema),
  nodes: z.array(nodeSummarySchema),
  topology: z
    .enum(['ring', 'cluster'])
    .optional()
    .describe('What the nodes form, in the words of the database'),
  observedAt: z.string().describe('ISO 8601'),
  simulated: z.string().optional(),
});
export type Report = z.infer<typeof reportSchema>;

/** Worse ones come first; `unknown` is worse than `warning`. */
const WORST_FIRST: readonly FindingStatus[] = [
  'failing',
  'unknown',
  'warning',
  'ok',
];

/** The worst of several statuses; `unknown` where there is none. */
export function worstStatus(statuses: readonly FindingStatus[]): FindingStatus {
  return WORST_FIRST.find(status => statuses.includes(status)) ?? 'unknown';
}

/** For sorting: worse statuses first. */
export function compareStatus(a: FindingStatus, b: FindingStatus): number {
  return WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);
}
