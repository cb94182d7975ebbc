import { ServiceUnavailableError } from '@backstage/errors';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Change, type ChangeTimings } from './Connection';
import { DroppedError } from './errors';

const DEFAULT_TIMINGS: ChangeTimings = {
  // Two minutes in all: a portal's rolling deploy takes that long.
  backOffMs: [1, 2, 4, 8, 15, 30, 30, 30].map(seconds => seconds * 1000),
  steadyMs: 30_000,
  idleMs: 45_000,
  // A cancelled task must stop within 2 s.
  cancelGraceMs: 1500,
};

/** How one posting of a change ended. */
type Ending =
  | { readonly over: true }
  | { readonly over: false; readonly why: string; readonly steady: boolean };

/**
 * The events of a change up to its `done` or `failed`. A connection that drops
 * is posted again, with growing pauses, and the events say so.
 */
export async function* followChange(
  change: Change,
): AsyncGenerator<ProvisioningEvent> {
  const timings = { ...DEFAULT_TIMINGS, ...change.timings };
  let drops = 0;
  for (let attempt = 1; !change.signal?.aborted; attempt += 1) {
    const ending = yield* followOnce(change, timings, attempt > 1);
    if (ending.over) return;
    if (change.signal?.aborted) break;
    if (ending.steady) drops = 0;
    const pauseMs = timings.backOffMs[drops];
    if (!change.repost || pauseMs === undefined) throw gaveUp(ending.why);
    drops += 1;
    yield info(
      `Lost the Ringfence backend (${ending.why}); trying again in ${
        pauseMs / 1000
      } s`,
    );
    await sleep(pauseMs, undefined, { signal: change.signal }).catch(() => {});
  }
  yield cancelled();
}

async function* followOnce(
  change: Change,
  timings: ChangeTimings,
  again: boolean,
): AsyncGenerator<ProvisioningEvent, Ending> {
  const connection = new Connection(change, timings);
  let begun = false;
  const dropped = (why: string): Ending => ({
    over: false,
    why,
    steady: connection.ageMs() >= timings.steadyMs,
  });
  try {
    for await (const event of connection.events()) {
      // The run before the drop may not have let go of its lease yet.
      if (again && !begun && isConflict(event)) return dropped(event.message);
      yield event;
      if (event.type === 'done' || event.type === 'failed') {
        return { over: true };
      }
      begun ||= event.type === 'object';
    }
    return dropped('the connection ended early');
  } catch (error) {
    if (error instanceof DroppedError) return dropped(error.message);
    throw error;
  } finally {
    connection.close();
  }
}

function isConflict(
  event: ProvisioningEvent,
): event is ProvisioningEvent & { type: 'failed' } {
  return (
    event.type === 'failed' && event.name === 'ConflictError' && event.resumable
  );
}

function gaveUp(why: string): ServiceUnavailableError {
  return new ServiceUnavailableError(
    `Lost the Ringfence backend: ${why}. What was applied stays. Run it again: it goes on where things stand`,
  );
}

function info(message: string): ProvisioningEvent {
  return { type: 'info', at: new Date().toISOString(), message };
}

function cancelled(): ProvisioningEvent {
  return {
    type: 'failed',
    at: new Date().toISOString(),
    name: 'CancelledError',
    message: 'Cancelled. What was applied up to now stays; nothing is deleted',
    remedy: 'Run it again with the same spec to go on, or decommission it',
    resumable: true,
  };
}
