import { z } from 'zod/v3';
import { databaseSummarySchema } from './database';
import { findingStatusSchema } from './report';

/** One row of the fleet page: a database and what is known of its fence, read from memory. */
export const fleetRowSchema = databaseSummarySchema.extend({
  version: z.string().optional().describe('Of the database, such as `2026.2`'),
  replicas: z.number().int().optional(),
  status: findingStatusSchema,
  headline: z.string().describe('As in the report'),
  certificateNotAfter: z
    .string()
    .optional()
    .describe('ISO 8601: when the first of its certificates ends'),
  observedAt: z.string().optional().describe('ISO 8601; absent: not yet'),
});
export type FleetRow = z.infer<typeof fleetRowSchema>;
