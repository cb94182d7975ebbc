import type { Clock } from '../look';

/** Requests that probes may make of one API server each second, in the long run. */
const PER_SECOND = { drift: 0.8, others: 0.6 };
/** So that few databases are looked at as often as they like. */
const BURST = 120;

/** Of one budget, what costs much would never get its share. */
type Purpose = keyof typeof PER_SECOND;

/** Keeps the probes of a thousand databases from being a burden to their API server. */
export class ApiBudget {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, { left: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether some requests may be made now; they count as made. */
  take(kubernetesCluster: string, requests: number, purpose: Purpose): boolean {
    const left = this.#left(kubernetesCluster, purpose);
    const allowed = left >= Math.min(requests, BURST);
    this.#set(kubernetesCluster, purpose, allowed ? left - requests : left);
    return allowed;
  }

  /** Gives back requests that were taken and not made; takes more where it is negative. */
  giveBack(kubernetesCluster: string, requests: number, purpose: Purpose) {
    const left = this.#left(kubernetesCluster, purpose) + requests;
    this.#set(kubernetesCluster, purpose, Math.min(BURST, left));
  }

  #left(kubernetesCluster: string, purpose: Purpose): number {
    const now = this.#clock().getTime();
    const { left, at } = this.#budgets.get(
      keyOf(kubernetesCluster, purpose),
    ) ?? { left: BURST, at: now };
    const passed = Math.max(0, now - at) / 1000;
    return Math.min(BURST, left + passed * PER_SECOND[purpose]);
  }

  #set(kubernetesCluster: string, purpose: Purpose, left: number): void {
    const at = this.#clock().getTime();
    this.#budgets.set(keyOf(kubernetesCluster, purpose), { left, at });
  }
}

function keyOf(kubernetesCluster: string, purpose: Purpose): string {
  return `${kubernetesCluster} ${purpose}`;
}
