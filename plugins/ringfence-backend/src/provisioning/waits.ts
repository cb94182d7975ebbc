import {
  InputError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type {
  KubernetesObject,
  ObjectWait,
  Observed,
  ProbeWait,
  Wait,
  WaitState,
} from '@ringfence/backstage-plugin-ringfence-node';
import { durationText } from './clock';
import { ProvisioningError, remedyFor } from './errors';
import { Narrator } from './Narrator';
import { identityOf, refOf } from './objects';
import type { Run } from './Run';

/** Waits that depend on how long they wait are asked so often. */
const TICK_MS = 1000;

/** What a wait needs while it runs. */
interface Waiting {
  readonly run: Run;
  readonly narrator: Narrator;
  /** Ends with the wait, whatever way that ends. */
  readonly signal: AbortSignal;
}

/**
 * Waits until the condition holds, saying why it does not yet.
 *
 * @returns what the wait found out
 * @throws ProvisioningError when it cannot come to hold, or not in time; the signal's reason when stopped
 */
export async function waitFor(
  run: Run,
  wait: Wait,
): Promise<Partial<Observed>> {
  run.signal.throwIfAborted();
  const scope = new AbortController();
  const signal = AbortSignal.any([run.signal, scope.signal]);
  const narrator = new Narrator(run, wait.name, 'not looked at yet');
  const waiting: Waiting = { run, narrator, signal };
  const condition =
    wait.kind === 'object'
      ? untilObject(wait, waiting)
      : untilProbe(wait, waiting);
  try {
    return await Promise.race([
      condition,
      // A stop ends the sleep in here, and so the race, even where a probe hangs.
      narrator.repeat(signal),
      timeOut(wait, waiting),
    ]);
  } finally {
    scope.abort();
  }
}

async function timeOut(
  wait: Wait,
  { run, narrator, signal }: Waiting,
): Promise<never> {
  await run.clock.sleep(wait.timeoutMs, signal);
  throw new ProvisioningError(
    `${wait.name}: still not so after ${durationText(wait.timeoutMs)}: ${
      narrator.why
    }`,
    { name: 'TimeoutError', remedy: wait.remedy },
  );
}

async function untilObject(
  wait: ObjectWait,
  waiting: Waiting,
): Promise<Partial<Observed>> {
  const { run, narrator, signal } = waiting;
  const latest = followObject(wait, waiting);
  for (;;) {
    const { error, synced, object, changed } = latest;
    if (error) throw error;
    if (synced) {
      const state = wait.evaluate(object, narrator.elapsedMs());
      const done = settle(wait, state, narrator);
      if (done) return done;
    }
    const tick = new AbortController();
    await Promise.race([
      changed,
      run.clock.sleep(TICK_MS, AbortSignal.any([signal, tick.signal])),
    ]).finally(() => tick.abort());
  }
}

/** The object as its watch last gave it. */
interface Latest {
  object?: KubernetesObject;
  /** Whether it is known that there is no object, where there is none. */
  synced: boolean;
  error?: Error;
  /** Resolves at the next change of the others. */
  changed: Promise<void>;
}

function followObject(wait: ObjectWait, waiting: Waiting): Latest {
  let wake = () => {};
  const next = () =>
    new Promise<void>(resolve => {
      wake = resolve;
    });
  const latest: Latest = { synced: false, changed: next() };
  const update = (change: Partial<Latest>) => {
    Object.assign(latest, change);
    const woken = wake;
    latest.changed = next();
    woken();
  };
  watchObject(wait, waiting, update).catch(error => update({ error }));
  return latest;
}

async function watchObject(
  wait: ObjectWait,
  { run, narrator, signal }: Waiting,
  update: (change: Partial<Latest>) => void,
): Promise<void> {
  const { apiVersion, kind, namespace } = wait.ref;
  const identity = identityOf(wait.ref);
  while (!signal.aborted) {
    try {
      const selector = { apiVersion, kind, namespace };
      for await (const event of run.kubernetes.watch(selector, { signal })) {
        if (event.type === 'synced') update({ synced: true });
        else if (identityOf(refOf(event.object)) === identity) {
          const deleted = event.type === 'deleted';
          update({ object: deleted ? undefined : event.object });
        }
      }
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError)) {
        throw failed(
          wait,
          (error as Error).message,
          remedyFor(error, wait.ref),
        );
      }
      narrator.say(error.message);
    }
    await run.clock.sleep(TICK_MS, signal);
  }
}

async function untilProbe(
  wait: ProbeWait,
  { run, narrator, signal }: Waiting,
): Promise<Partial<Observed>> {
  for (;;) {
    const done = settle(wait, await probe(wait, run, signal), narrator);
    if (done) return done;
    await run.clock.sleep(wait.everyMs, signal);
  }
}

/** A probe that throws may yet succeed, unless it is a matter of rights or of input. */
async function probe(
  wait: ProbeWait,
  run: Run,
  signal: AbortSignal,
): Promise<WaitState> {
  try {
    return await wait.probe(run.tools, run.observed, signal);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof NotAllowedError || error instanceof InputError) {
      throw failed(wait, message, remedyFor(error));
    }
    return { state: 'waiting', why: message };
  }
}

/** @returns undefined where the wait goes on */
function settle(
  wait: Wait,
  state: WaitState,
  narrator: Narrator,
): Partial<Observed> | undefined {
  if (state.state === 'done') return state.observed ?? {};
  if (state.state === 'failed') throw failed(wait, state.why, state.remedy);
  narrator.say(state.why);
  return undefined;
}

function failed(wait: Wait, why: string, remedy?: string): ProvisioningError {
  return new ProvisioningError(`${wait.name}: ${why}`, {
    name: 'WaitFailedError',
    remedy: remedy ?? wait.remedy,
  });
}
