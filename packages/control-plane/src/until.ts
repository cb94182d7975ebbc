import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 100;

/**
 * Asks again until the answer is truthy.
 *
 * @throws after `timeoutMs`, with `what` and what the last try said
 */
export async function until<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last = 'no answer yet';
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = (error as Error).message;
    }
    await delay(EVERY_MS);
  }
  throw new Error(`${what}: not within ${timeoutMs} ms (${last})`);
}
