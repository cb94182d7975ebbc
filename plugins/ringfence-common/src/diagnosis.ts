import { CONNECTION_STEPS } from '@ringfence/connection';
import { z } from 'zod/v3';
import { remedySchema } from './report';

/** What is looked at on the way of a client, in this order; the first that fails ends the test. */
export const CONNECTION_TEST_STEPS = CONNECTION_STEPS;

/** One line of the `application/x-ndjson` answer to a connection test; each step comes once. */
export const connectionTestStepSchema = z.object({
  step: z.enum(CONNECTION_TEST_STEPS),
  state: z
    .enum(['ok', 'failing', 'unknown', 'skipped'])
    .describe(
      '`unknown`: it could not be looked at; `skipped`: a step before it did not pass',
    ),
  summary: z.string().describe('What was seen, or why not'),
  remedy: remedySchema.optional(),
});
export type ConnectionTestStep = z.infer<typeof connectionTestStepSchema>;

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** From where somebody cannot connect. */
export const clientPlaceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('workload'),
    namespace: z
      .string()
      .max(63)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
      .describe('Namespace of the client, in the same Kubernetes cluster'),
    serviceAccount: z
      .string()
      .max(253)
      .regex(NAME)
      .describe('ServiceAccount of its pods'),
  }),
  z.object({ kind: z.literal('laptop') }),
]);
export type ClientPlace = z.infer<typeof clientPlaceSchema>;

/** What is asked of each way, in the order in which a connection meets it. */
export const diagnosisQuestionSchema = z.enum([
  'dns',
  'service',
  'address',
  'listeners',
  'egress',
  'ingress',
  'membership',
  'authorization',
  'certificate',
  'login',
  'client',
]);
export type DiagnosisQuestion = z.infer<typeof diagnosisQuestionSchema>;

/** `unknown` means that it could not be judged; it never stands for `ok`. */
export const diagnosisStatusSchema = z.enum(['ok', 'failing', 'unknown']);
export type DiagnosisStatus = z.infer<typeof diagnosisStatusSchema>;

/** The answer to one question. */
export const diagnosisAnswerSchema = z.object({
  question: diagnosisQuestionSchema,
  status: diagnosisStatusSchema,
  summary: z.string().describe('One sentence for people'),
  remedy: remedySchema.optional(),
  spec: z
    .string()
    .optional()
    .describe('Lines of the spec, as YAML, that would mend it'),
});
export type DiagnosisAnswer = z.infer<typeof diagnosisAnswerSchema>;

/** One way in: through the gateway, directly inside the mesh, or by TLS to the nodes themselves. */
export const diagnosisWaySchema = z.object({
  way: z.enum(['mesh', 'gateway', 'nodes']),
  to: z.string().describe('What the client dials, as `host:port`'),
  status: diagnosisStatusSchema.describe(
    'Of the worst answer: `failing`, else `unknown`, else `ok`',
  ),
  answers: z.array(diagnosisAnswerSchema),
});
export type DiagnosisWay = z.infer<typeof diagnosisWaySchema>;

/** Why a client can, or cannot, connect: one open way is enough. */
export const diagnosisSchema = z.object({
  ways: z.array(diagnosisWaySchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;
