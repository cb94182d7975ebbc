import type { Emit } from './events';
import { LeaseLostError, ProvisioningError, RefusedError } from './errors';
import type { Journal } from './Journal';

const GO_ON = 'Run it again with the same input: it goes on from here';

/**
 * The last event of a run that did not come to its end: what happened, to
 * which object, what to do, and how to go on.
 */
export function failedEvent(
  error: unknown,
  signal: AbortSignal,
  journal: Journal,
): Parameters<Emit>[0] {
  if (signal.aborted) return stoppedEvent(signal.reason, journal);
  const { name, message } = error as Error;
  const remedy = error instanceof ProvisioningError ? error.remedy : undefined;
  const resumable = journal.begun && !(error instanceof RefusedError);
  return {
    type: 'failed',
    name,
    message: sentences([message, remedy, resumable ? GO_ON : undefined]),
    remedy,
    resumable,
  };
}

function stoppedEvent(reason: unknown, journal: Journal): Parameters<Emit>[0] {
  const { name, message } = whyStopped(reason);
  return {
    type: 'failed',
    name,
    message: sentences([
      message,
      journal.describe(),
      'Nothing was deleted because of it',
      GO_ON,
    ]),
    remedy: GO_ON,
    resumable: true,
  };
}

function whyStopped(reason: unknown): { name: string; message: string } {
  if (reason instanceof LeaseLostError) return reason;
  const { name } = (reason ?? {}) as { name?: string };
  return name === 'CancelledError'
    ? { name, message: 'Cancelled' }
    : { name: 'InterruptedError', message: 'The connection was dropped' };
}

function sentences(parts: readonly (string | undefined)[]): string {
  return parts
    .filter(part => part)
    .map(part => (/[.!?]$/.test(part!) ? part : `${part}.`))
    .join(' ');
}
