import {
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';

/** The user asked for the stop. */
export class CancelledError extends Error {
  name = 'CancelledError' as const;
}

/** Nobody listens any more; whoever started the run may post it again. */
export class DroppedError extends Error {
  name = 'DroppedError' as const;
}

/** A change that runs in this process. */
export class RunningChange {
  /** Entity ref of who owns the database, by the spec that runs. */
  readonly owner: string;
  readonly #controller = new AbortController();

  constructor(owner: string) {
    this.owner = owner;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get dropped(): boolean {
    return this.signal.reason instanceof DroppedError;
  }

  cancel(by: string): void {
    this.#controller.abort(new CancelledError(`Cancelled by "${by}"`));
  }

  drop(why: string): void {
    this.#controller.abort(new DroppedError(why));
  }
}

/**
 * The changes that run in this process. A portal of several replicas has one
 * of these in each: one cannot cancel what another runs.
 */
export class RunningChanges {
  readonly #running = new Map<
    RunningChange,
    { readonly database: string; readonly ended: Promise<unknown> }
  >();
  #stopping = false;

  /** Runs a change under a signal of its own. */
  async run<T>(
    ref: DatabaseRef,
    owner: string,
    body: (change: RunningChange) => Promise<T>,
  ): Promise<T> {
    const change = new RunningChange(owner);
    if (this.#stopping) change.drop('the portal stops');
    const result = body(change);
    this.#running.set(change, {
      database: stringifyDatabaseRef(ref),
      ended: result.catch(() => {}),
    });
    try {
      return await result;
    } finally {
      this.#running.delete(change);
    }
  }

  /** Those on one database; a second one is there only until it meets the lease of the first. */
  find(ref: DatabaseRef): RunningChange[] {
    const wanted = stringifyDatabaseRef(ref);
    return [...this.#running]
      .filter(([, { database }]) => database === wanted)
      .map(([change]) => change);
  }

  /** Drops all, and resolves when each has stopped after the object at hand. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const change of this.#running.keys()) change.drop('the portal stops');
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }
}
