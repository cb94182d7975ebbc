import { setTimeout as delay } from 'node:timers/promises';

const MAX_DELAY_MS = 30_000;

/** How waits begin and spread. */
export interface BackOffOptions {
  /** Between 0 and 1; spreads the return of many clients. @default Math.random */
  readonly random?: () => number;
  /** @default 1000 */
  readonly firstDelayMs?: number;
}

/** Waits longer each time, and never as long as others do. */
export class BackOff {
  readonly #options: BackOffOptions;
  readonly #signal: AbortSignal;
  #failures = 0;

  constructor(options: BackOffOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Between half the time and all of it; ends early with the signal. */
  async wait(ms?: number): Promise<void> {
    const { firstDelayMs = 1_000, random = Math.random } = this.#options;
    const grown = firstDelayMs * 2 ** this.#failures;
    this.#failures += 1;
    const longest = Math.min(ms ?? grown, MAX_DELAY_MS);
    const signal = this.#signal;
    await delay(longest * (0.5 + random() / 2), undefined, { signal }).catch(
      () => {},
    );
  }
}
