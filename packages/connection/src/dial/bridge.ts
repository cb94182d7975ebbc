import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Carries bytes both ways until both sides have ended. Each direction slows
 * down to its reader and ends on its own, so that a side which has ended may
 * still receive; where one fails, both are closed.
 */
export async function bridge(a: Duplex, b: Duplex): Promise<void> {
  try {
    await Promise.all([pipeline(a, b), pipeline(b, a)]);
  } catch {
    // One of the two went away, which is how many clients end.
  } finally {
    a.destroy();
    b.destroy();
  }
}
