import { setTimeout as sleep } from 'node:timers/promises';

/** From CQL that answers to a first login and a ring that agrees. */
const TIMEOUT_MS = 120_000;
const POLL_MS = 250;

/**
 * Waits for what a start brings about in the end. A start is full of short
 * refusals: an error of the condition counts only if it is the last.
 *
 * @throws where the condition never holds, or the ring is stopped
 */
export async function eventually(
  what: string,
  condition: () => Promise<boolean>,
  isStopped: () => boolean,
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  let refusal = '';
  while (!isStopped()) {
    try {
      if (await condition()) return;
    } catch (error) {
      refusal = `: ${(error as Error).message}`;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Waited ${TIMEOUT_MS} ms in vain until ${what}${refusal}`,
      );
    }
    await sleep(POLL_MS);
  }
  throw new Error('The ring was stopped while it started');
}
