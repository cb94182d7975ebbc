import { setTimeout as delay } from 'node:timers/promises';

export interface BackOffOptions {
  /** The first wait; doubles with each failure, up to thirty times that. @default 1 000 */
  readonly firstDelayMs?: number;
  /** Between 0 and 1; spreads the return of many. @default Math.random */
  readonly random?: () => number;
}

/** How long to wait after this many failures in a row: half of it at least, the rest by chance. */
export function backOffMs(
  failures: number,
  { firstDelayMs = 1_000, random = Math.random }: BackOffOptions,
): number {
  return spread(
    Math.min(firstDelayMs * 2 ** failures, 30 * firstDelayMs),
    random,
  );
}

/** Half of a time at least, the rest by chance. */
export function spread(ms: number, random: () => number): number {
  return ms * (0.5 + random() / 2);
}

/** Ends with the work, or with the signal: not all that is awaited knows signals. */
export async function orAborted(
  work: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let end: () => void = () => {};
  const aborted = new Promise<void>(resolve => {
    end = resolve;
  });
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  await Promise.race([work, aborted]).finally(() =>
    signal.removeEventListener('abort', end),
  );
}

/** Waits, or ends early with the signal; throws nothing. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => {});
}
