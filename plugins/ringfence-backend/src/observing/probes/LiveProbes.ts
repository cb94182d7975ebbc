import pLimit from 'p-limit';
import { FreshCache } from '../FreshCache';
import type { Clock } from '../look';
import {
  runProbes,
  type ProbeAnswers,
  type ProbeFacts,
  type ProbeGroup,
} from './groups';
import type { ProbeContext } from './Probe';

/** The database that is asked about. */
export interface ProbeTarget {
  /** One that was deleted and made again has another. */
  readonly key: string;
  readonly context: ProbeContext;
}

/** Where the answers of probes come from. */
export interface ProbeSource {
  /** @param options - `refresh` runs them first, `wait` those that have never run */
  read(
    target: ProbeTarget,
    options: { readonly refresh?: boolean; readonly wait?: boolean },
  ): Promise<ProbeFacts>;
}

export interface LiveProbesOptions {
  readonly clock: Clock;
  /** How old an answer may be. @default 20 000 */
  readonly maxAgeMs?: number;
  /** How long one probe may take. @default 5 000 */
  readonly timeoutMs?: number;
  /** How many databases are probed at once. @default 4 */
  readonly concurrency?: number;
}

/** A comparison of all objects is not for every look at a report. */
const DRIFT_MAX_AGE_MS = 10 * 60_000;

/** Runs probes when someone asks and their last answers are old. */
export class LiveProbes implements ProbeSource {
  readonly #caches: {
    readonly [G in ProbeGroup]: FreshCache<ProbeAnswers[G]>;
  };
  readonly #limit: <T>(run: () => Promise<T>) => Promise<T>;
  readonly #options: LiveProbesOptions;

  constructor(options: LiveProbesOptions) {
    const { clock, maxAgeMs = 20_000 } = options;
    this.#options = options;
    this.#limit = pLimit(options.concurrency ?? 4);
    this.#caches = {
      gateway: new FreshCache({ clock, maxAgeMs }),
      pods: new FreshCache({ clock, maxAgeMs }),
      telemetry: new FreshCache({ clock, maxAgeMs }),
      drift: new FreshCache({ clock, maxAgeMs: DRIFT_MAX_AGE_MS }),
    };
  }

  async read(
    target: ProbeTarget,
    options: { readonly refresh?: boolean },
  ): Promise<ProbeFacts> {
    const ask = <G extends ProbeGroup>(group: G) =>
      this.#ask(group, target, options);
    const [gateway, pods, drift] = await Promise.all([
      ask('gateway'),
      ask('pods'),
      ask('drift'),
    ]);
    // Last, so that it sees the traffic that the logins made.
    const telemetry = await ask('telemetry');
    return { ...gateway, ...pods, ...drift, ...telemetry };
  }

  #ask<G extends ProbeGroup>(
    group: G,
    { key, context }: ProbeTarget,
    options: { readonly refresh?: boolean },
  ): Promise<ProbeAnswers[G]> {
    const { clock, timeoutMs = 5_000 } = this.#options;
    const cache: FreshCache<ProbeAnswers[G]> = this.#caches[group];
    return cache.get(
      key,
      () => this.#limit(() => runProbes(group, context, { clock, timeoutMs })),
      options,
    );
  }
}
