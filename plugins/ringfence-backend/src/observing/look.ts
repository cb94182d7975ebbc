import { toError } from '@backstage/errors';
import type {
  Fact,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Tells the time; tests give a fixed one. */
export type Clock = () => Date;

/** Something that was seen. */
export function known<T>(value: T, at: Date): Fact<T> {
  return { known: true, value, at };
}

/** Something that could not be looked at. */
export function notKnown(why: string, at: Date, remedy?: string) {
  return { known: false, why, at, ...(remedy && { remedy }) } as const;
}

/** Several lists as one, or why one of them could not be read; as old as the oldest. */
export function allOf(
  facts: ReadonlyArray<Fact<readonly KubernetesObject[]>>,
): Fact<readonly KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  for (const fact of facts) {
    if (!fact.known) return fact;
    objects.push(...fact.value);
  }
  const oldest = Math.min(...facts.map(({ at }) => at.getTime()));
  return known(objects, new Date(oldest));
}

/** By the name of the error. */
const REMEDIES: Readonly<Record<string, string>> = {
  NotAllowedError:
    "Grant Ringfence's account in this Kubernetes cluster the right that the message names.",
  ServiceUnavailableError:
    'See whether the Kubernetes cluster can be reached from the portal.',
};

/** Looks, and makes a fact of what came of it; throws nothing. */
export async function look<T>(
  clock: Clock,
  read: () => Promise<T>,
): Promise<Fact<T>> {
  try {
    const value = await read();
    return known(value, clock());
  } catch (error) {
    const { name, message } = toError(error);
    return notKnown(message, clock(), REMEDIES[name]);
  }
}

/**
 * Gives up on `run` after a time, and tells it so through the signal.
 *
 * @throws Error "no answer within 5 s"
 */
export async function withTimeout<T>(
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs / 1000} s`));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([run(controller.signal), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
