import { ServiceUnavailableError } from '@backstage/errors';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DroppedError, throwUnlessOk } from './errors';
import { readEvents } from './readEvents';

/** How long {@link followChange} waits for what. */
export interface ChangeTimings {
  /** Before each new attempt; after the last one it gives up. */
  readonly backOffMs: readonly number[];
  /** A connection that lasted this long begins the list of pauses anew. */
  readonly steadyMs: number;
  /** Without a line for this long the connection counts as dropped; heartbeats come every 10 s. */
  readonly idleMs: number;
  /** How long the backend has to say what exists after a cancel. */
  readonly cancelGraceMs: number;
}

const DEFAULT_TIMINGS: ChangeTimings = {
  // Two minutes in all: a portal's rolling deploy takes that long.
  backOffMs: [1, 2, 4, 8, 15, 30, 30, 30].map(seconds => seconds * 1000),
  steadyMs: 30_000,
  idleMs: 45_000,
  // A cancelled task must stop within 2 s.
  cancelGraceMs: 1500,
};

/** A change to follow to its end. */
export interface Change {
  /** Posts it. */
  open(signal: AbortSignal): Promise<Response>;
  /** Tells the backend that the user wants it stopped. */
  cancel(signal: AbortSignal): Promise<void>;
  /** Whether a connection that dropped is posted again. */
  readonly repost: boolean;
  /** Aborted where the user cancels. */
  readonly signal?: AbortSignal;
  readonly timings?: Partial<ChangeTimings>;
}

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

/** One posting of a change. */
class Connection {
  readonly #controller = new AbortController();
  readonly #change: Change;
  readonly #timings: ChangeTimings;
  readonly #openedAt = performance.now();
  #idle?: NodeJS.Timeout;
  #grace?: NodeJS.Timeout;

  constructor(change: Change, timings: ChangeTimings) {
    this.#change = change;
    this.#timings = timings;
    change.signal?.addEventListener('abort', this.#onCancel, { once: true });
  }

  ageMs(): number {
    return performance.now() - this.#openedAt;
  }

  /** @throws DroppedError where it breaks */
  async *events(): AsyncGenerator<ProvisioningEvent> {
    this.#alive();
    const response = await this.#change.open(this.#controller.signal);
    await throwUnlessOk(response);
    const body = response.body as ReadableStream<Uint8Array>;
    const events = readEvents(body, () => this.#alive());
    for (;;) {
      const next = await events.next().catch(error => {
        throw new DroppedError((error as Error).message);
      });
      if (next.done) return;
      yield next.value;
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#grace);
    this.#change.signal?.removeEventListener('abort', this.#onCancel);
    this.#controller.abort();
  }

  #alive(): void {
    clearTimeout(this.#idle);
    const { idleMs } = this.#timings;
    this.#idle = setTimeout(
      () =>
        this.#controller.abort(
          new DroppedError(`nothing was heard for ${idleMs / 1000} s`),
        ),
      idleMs,
    );
  }

  readonly #onCancel = () => {
    const { signal } = this.#controller;
    // Where the cancel does not get through, closing the connection stops the run as well.
    this.#change.cancel(signal).catch(() => this.#controller.abort());
    this.#grace = setTimeout(
      () => this.#controller.abort(),
      this.#timings.cancelGraceMs,
    );
  };
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
