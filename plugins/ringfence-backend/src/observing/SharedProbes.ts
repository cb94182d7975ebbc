import type { LoggerService } from '@backstage/backend-plugin-api';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { History, ProbeResult } from '../history';
import type { Clock } from './look';
import { partsOf, type ProbeBook, type RanProbes } from './probes/ProbeBook';

/** How often answers are written down. */
const SAVE_MS = 1_000;
/** How often those of other replicas are taken over, and how often by the one that probes itself. */
const ADOPT_MS = 5_000;
const ADOPT_LEADING_MS = 60_000;
/** Clocks of replicas differ, and a row is written after its moment. */
const OVERLAP_MS = 15_000;
const DAY_MS = 24 * 60 * 60_000;
const PRUNE_MS = 60 * 60_000;

export interface SharedProbesDeps {
  readonly book: Pick<ProbeBook, 'adopt'>;
  readonly history: Pick<History, 'saveProbes' | 'listProbes' | 'prune'>;
  readonly logger: LoggerService;
  readonly clock: Clock;
  /** Whether this replica is the one that probes. */
  readonly isLeading: () => boolean;
  /** Something new is known of a database. */
  readonly onAdopted: (ref: DatabaseRef) => void;
}

/** Shares answers of probes between the replicas of the portal, through the plugin's database. */
export class SharedProbes {
  readonly #deps: SharedProbesDeps;
  readonly #unsaved = new Map<string, ProbeResult>();
  readonly #timers: NodeJS.Timeout[] = [];
  #adoptedUntil: number;
  #adoptedAt = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: SharedProbesDeps) {
    this.#deps = deps;
    this.#adoptedUntil = deps.clock().getTime() - DAY_MS;
  }

  /** Takes over what is there, and goes on. */
  async start(): Promise<void> {
    await this.adopt();
    const every = (ms: number, run: () => Promise<void>) => {
      const timer = setInterval(() => {
        this.#work = this.#work.then(run);
      }, ms);
      timer.unref();
      this.#timers.push(timer);
    };
    every(SAVE_MS, () => this.save());
    every(ADOPT_MS, () => this.#adoptWhenDue());
    every(PRUNE_MS, () => this.#prune());
  }

  async stop(): Promise<void> {
    this.#timers.forEach(clearInterval);
    await this.#work;
    await this.save();
  }

  /** Writes an answer down, for the others. */
  add({ target, group, answers, ranAt }: RanProbes): void {
    const { ref, uid } = partsOf(target.key);
    this.#unsaved.set(`${target.key} ${group}`, {
      ref,
      uid,
      group,
      ranAt,
      answers: JSON.stringify(answers),
    });
  }

  /** Writes down at once what others do not know yet. */
  async save(): Promise<void> {
    if (this.#unsaved.size === 0) return;
    const results = [...this.#unsaved.values()];
    this.#unsaved.clear();
    await this.#attempt('Answers of probes were not kept', () =>
      this.#deps.history.saveProbes(results),
    );
  }

  async #adoptWhenDue(): Promise<void> {
    const now = this.#deps.clock().getTime();
    const everyMs = this.#deps.isLeading() ? ADOPT_LEADING_MS : ADOPT_MS;
    if (now - this.#adoptedAt >= everyMs - ADOPT_MS / 2) await this.adopt();
  }

  /** Takes over at once what others found out. */
  async adopt(): Promise<void> {
    const now = this.#deps.clock().getTime();
    const since = new Date(this.#adoptedUntil - OVERLAP_MS);
    await this.#attempt('Answers of probes were not read', async () => {
      for (const result of await this.#deps.history.listProbes(since)) {
        if (this.#deps.book.adopt(result)) this.#deps.onAdopted(result.ref);
      }
      this.#adoptedUntil = now;
      this.#adoptedAt = now;
    });
  }

  #prune(): Promise<void> {
    const now = this.#deps.clock().getTime();
    const dayAgo = new Date(now - DAY_MS);
    return this.#attempt('Old answers of probes were not deleted', () =>
      this.#deps.history.prune({
        traffic: dayAgo,
        probes: dayAgo,
        // They are written down anew once a day, at the latest.
        comparisons: new Date(now - 7 * DAY_MS),
      }),
    );
  }

  async #attempt(what: string, run: () => Promise<void>): Promise<void> {
    await run().catch(error => this.#deps.logger.warn(`${what}: ${error}`));
  }
}
