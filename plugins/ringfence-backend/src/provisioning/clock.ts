import { setTimeout as delay } from 'node:timers/promises';

/** The time, and waiting for it. */
export interface Clock {
  now(): Date;
  /** Rejects with the signal's reason where that aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      throw signal?.reason ?? error;
    }
  },
};

/** "850 ms", "12 s", "5 min": for people. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
