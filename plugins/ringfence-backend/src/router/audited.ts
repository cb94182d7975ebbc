import type {
  AuditorService,
  AuditorServiceEventSeverityLevel,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Request } from 'express';

/** What is audited; nothing secret belongs in `meta`. */
export interface AuditedAction {
  readonly eventId: string;
  readonly severityLevel: AuditorServiceEventSeverityLevel;
  readonly request: Request;
  readonly meta: JsonObject;
}

/**
 * Runs an action between the beginning and the end of an audit event. Refused
 * attempts are on record too, so authorisation belongs inside.
 *
 * @param run - may return an error that the client has been answered with already
 * @throws what `run` throws
 */
export async function audited(
  auditor: AuditorService,
  action: AuditedAction,
  run: () => Promise<Error | void>,
): Promise<void> {
  const event = await auditor.createEvent(action);
  let failure: Error | void;
  try {
    failure = await run();
  } catch (error) {
    await event.fail({ error: toError(error) });
    throw error;
  }
  if (failure) await event.fail({ error: failure });
  else await event.success();
}
