import { z } from 'zod/v3';

const base = { at: z.string().describe('ISO 8601') };

/** What a run came to; references only, never a secret. */
export const provisionOutcomeSchema = z.object({
  database: z.string().describe('`<kubernetesCluster>/<namespace>`'),
  entityRef: z.string().describe('Of the database, see `databaseEntityRef`'),
  changed: z.boolean().describe('false where everything was as asked already'),
  gatewayAddresses: z.array(z.string()),
  gatewayPorts: z.array(z.number().int()),
  summary: z.string(),
});
export type ProvisionOutcome = z.infer<typeof provisionOutcomeSchema>;

/** One line of the `application/x-ndjson` answer to a change. */
export const provisioningEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('stage'),
    stage: z.string(),
    index: z.number().int().describe('From 1'),
    count: z.number().int(),
  }),
  z.object({
    ...base,
    type: z.literal('object'),
    object: z.string().describe('Such as `Certificate orders/orders-ca`'),
    change: z.enum(['created', 'configured', 'unchanged', 'deleted', 'kept']),
  }),
  z.object({ ...base, type: z.literal('info'), message: z.string() }),
  z.object({
    ...base,
    type: z.literal('waiting'),
    wait: z.string(),
    why: z.string().describe("Why not yet: the object's own condition message"),
    elapsedMs: z.number().int(),
  }),
  z.object({ ...base, type: z.literal('heartbeat') }),
  z.object({
    ...base,
    type: z.literal('done'),
    outcome: provisionOutcomeSchema,
  }),
  z.object({
    ...base,
    type: z.literal('failed'),
    name: z.string().describe('Name of the error, such as `ConflictError`'),
    message: z.string(),
    remedy: z.string().optional(),
    resumable: z.boolean().describe('Running it again goes on from here'),
  }),
]);
export type ProvisioningEvent = z.infer<typeof provisioningEventSchema>;
