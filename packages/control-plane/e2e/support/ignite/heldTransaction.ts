import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findIgnite, silentLog } from '@ringfence/data-plane';

const PROGRAM = join(__dirname, 'HoldTransaction.java');
const HELD_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 60_000;

/** A transaction that somebody has begun and not ended. */
export interface HeldTransaction {
  end(): Promise<void>;
}

/**
 * Begins a transaction past the gateway, and holds it.
 *
 * @param address - such as `10.0.100.2:10800`
 * @throws where it does not come about in time
 */
export async function holdTransaction(
  address: string,
  { username, password }: { username: string; password: string },
): Promise<HeldTransaction> {
  const found = await findIgnite({ log: silentLog });
  if (!found.available) throw new Error(found.why);
  const child = spawn(
    found.java,
    [
      ...['-Xmx128m', '--add-opens=java.base/java.nio=ALL-UNNAMED'],
      ...['-cp', join(found.classPathDir, '*'), PROGRAM, address, username],
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, IGNITE_PASSWORD: password },
    },
  );
  const exited = once(child, 'exit');
  const inTime = (timeoutMs: number) => AbortSignal.timeout(timeoutMs);
  try {
    await once(child.stdout, 'data', { signal: inTime(HELD_WITHIN_MS) });
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`No transaction is held: ${error}`);
  }
  return {
    async end() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), ENDED_WITHIN_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
