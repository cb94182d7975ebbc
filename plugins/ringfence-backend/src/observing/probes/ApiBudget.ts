import type { Clock } from '../look';

/** Requests that probes may make of one API server each second, in the long run. */
const PER_SECOND = { drift: 0.5, others: 1 };
/** So that few databases are looked at as often as they like. */
const BURST = 120;

/** Keeps the probes of a thousand databases from being a burden to their API server. */
export class ApiBudget {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, { left: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether some requests may be made now; they count as made. */
  take(
    kubernetesCluster: string,
    requests: number,
    purpose: keyof typeof PER_SECOND,
  ): boolean {
    const now = this.#clock().getTime();
    // Of one budget, what costs much would never get its share.
    const key = `${kubernetesCluster} ${purpose}`;
    const budget = this.#budgets.get(key) ?? {
      left: BURST,
      at: now,
    };
    const passed = Math.max(0, now - budget.at) / 1000;
    const left = Math.min(BURST, budget.left + passed * PER_SECOND[purpose]);
    const allowed = left >= Math.min(requests, BURST);
    this.#budgets.set(key, {
      left: allowed ? left - requests : left,
      at: now,
    });
    return allowed;
  }
}
