import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import type { Clock } from './clock';
import type { Emit } from './events';

/** How long a call that is under way may take to end after a stop. */
const GRACE_MS = 1000;
/** How long one call is tried again while the API server does not answer. */
const RETRY_FOR_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;
/** How long an API server that was away may refuse what it allows: roles and policies are loaded once it answers. */
const LOADS_RIGHTS_FOR_MS = 15_000;

/** What a call in a run must heed. */
export interface Guard {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Awaited before each call; what it throws is the call's own error. */
  readonly beforeCall?: () => Promise<void>;
}

/**
 * The Kubernetes cluster as a run sees it: no call begins after a stop, one
 * under way may end, and a call is tried again while the API server is away.
 */
export function guarded(
  kubernetes: KubernetesCluster,
  guard: Guard,
): KubernetesCluster {
  const call = <T>(work: () => Promise<T>) =>
    retried(kubernetes.name, guard, work);
  return {
    name: kubernetes.name,
    simulated: kubernetes.simulated,
    discover: () => call(() => kubernetes.discover()),
    apply: (...args) => call(() => kubernetes.apply(...args)),
    create: (...args) => call(() => kubernetes.create(...args)),
    updateStatus: (...args) => call(() => kubernetes.updateStatus(...args)),
    get: (...args) => call(() => kubernetes.get(...args)),
    list: (...args) => call(() => kubernetes.list(...args)),
    delete: (...args) => call(() => kubernetes.delete(...args)),
    watch: (...args) => kubernetes.watch(...args),
    logs: kubernetes.logs,
    exec: (...args) => kubernetes.exec(...args),
    portForward: (...args) => kubernetes.portForward(...args),
  };
}

/**
 * Runs `work`, again with growing pauses while it throws ServiceUnavailableError,
 * and while an API server that has just come back refuses what it will allow.
 *
 * @throws what the work threw last, or the signal's reason
 */
export async function retried<T>(
  kubernetesCluster: string,
  guard: Guard,
  work: () => Promise<T>,
): Promise<T> {
  const { signal, clock, emit } = guard;
  const began = clock.now().getTime();
  let pauseMs = FIRST_PAUSE_MS;
  let awayAt: number | undefined;
  for (;;) {
    try {
      return await untilStopped(guard, async () => {
        await guard.beforeCall?.();
        return work();
      });
    } catch (error) {
      const now = clock.now().getTime();
      if (error instanceof ServiceUnavailableError) awayAt = now;
      else if (!isJustBack(error, now, awayAt)) throw error;
      const elapsedMs = now - began;
      if (elapsedMs + pauseMs > RETRY_FOR_MS) throw error;
      emit({
        type: 'waiting',
        wait: `Kubernetes cluster "${kubernetesCluster}" answers`,
        why: error.message,
        elapsedMs,
      });
      await clock.sleep(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }
}

function isJustBack(
  error: unknown,
  now: number,
  awayAt: number | undefined,
): error is NotAllowedError {
  return (
    error instanceof NotAllowedError &&
    awayAt !== undefined &&
    now - awayAt < LOADS_RIGHTS_FOR_MS
  );
}

/**
 * Runs `work` unless stopped; once begun it may end, but only for so long.
 *
 * @throws the signal's reason where the work did not begin or did not end in time
 */
export async function untilStopped<T>(
  { signal, clock }: Pick<Guard, 'signal' | 'clock'>,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  try {
    return await Promise.race([
      work(),
      aborted(signal, settled.signal)
        .then(() => clock.sleep(GRACE_MS, settled.signal))
        .then((): never => {
          throw signal.reason;
        }),
    ]);
  } finally {
    settled.abort();
  }
}

/** Resolves when `signal` aborts. `until`: stops listening. */
function aborted(signal: AbortSignal, until: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(), {
      once: true,
      signal: until,
    });
  });
}
