import {
  readProvisioningEvents,
  type ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import { DroppedError, throwUnlessOk } from './errors';

/** How long following a change waits for what. */
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

/** One posting of a change; close it. */
export class Connection {
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
    const events = readProvisioningEvents(body, () => this.#alive());
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
