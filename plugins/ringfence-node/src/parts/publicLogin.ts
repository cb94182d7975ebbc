import { setTimeout } from 'node:timers/promises';
import type { DatabaseTools, LoginResult, Via } from '../tools';

/** A login that is public knowledge. */
export interface PublicLogin {
  readonly username: string;
  readonly password: string;
}

/** Cassandra makes its first role 10 s after its start; a busy machine takes longer. */
const FIRST_ROLE_TIMEOUT_MS = 60_000;
/** Nodes remember roles for a while: 2 s in Cassandra, up to 10 s in ScyllaDB. */
const FORGET_TIMEOUT_MS = 30_000;
const LOGIN_POLL_MS = 250;

/** @throws where the database has not taken the login in time */
export async function untilAccepted(
  tools: DatabaseTools,
  login: PublicLogin,
  via: Via,
  signal: AbortSignal,
): Promise<void> {
  const attempt = () => tools.tryLogin(login, via, { signal });
  const last = await poll(attempt, 'accepted', FIRST_ROLE_TIMEOUT_MS, signal);
  if (last.outcome === 'accepted') return;
  throw new Error(
    `Login "${
      login.username
    }", with which a fresh database begins, is not accepted after ${
      FIRST_ROLE_TIMEOUT_MS / 1000
    } s: ${last.message}; was this volume used by another database?`,
  );
}

/** @throws where the database still takes the login in the end */
export async function untilRefused(
  tools: DatabaseTools,
  login: PublicLogin,
  via: Via,
  signal: AbortSignal,
): Promise<void> {
  const attempt = () => tools.tryLogin(login, via, { signal });
  const last = await poll(attempt, 'refused', FORGET_TIMEOUT_MS, signal);
  if (last.outcome === 'refused') return;
  throw new Error(
    `Public login "${login.username}" is still not refused ${
      FORGET_TIMEOUT_MS / 1000
    } s after it was disabled; look at LIST ROLES as the superuser`,
  );
}

/** Tries until it comes out as wanted, or for so long. @returns how it came out last */
async function poll(
  attempt: () => Promise<LoginResult>,
  wanted: LoginResult['outcome'],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<LoginResult> {
  for (let waitedMs = 0; ; waitedMs += LOGIN_POLL_MS) {
    const result = await attempt();
    if (result.outcome === wanted || waitedMs >= timeoutMs) return result;
    await setTimeout(LOGIN_POLL_MS, undefined, { signal });
  }
}
