import { setTimeout as sleep } from 'node:timers/promises';
import type {
  KubernetesObject,
  ObjectRef,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Log } from '@ringfence/data-plane';
import type { ControllerCluster } from './context';

/** A running controller. */
export interface RunningController {
  /** Resolves when no reconciliation runs any more. */
  stop(): Promise<void>;
}

/** Ask to be called again even if nothing changes. */
export interface Requeue {
  readonly afterMs: number;
}

export interface ControllerOptions {
  /** Such as `certificates`. */
  readonly name: string;
  readonly kubernetes: ControllerCluster;
  readonly log: Log;
  /** What it looks at, and which of its objects a change there concerns. */
  readonly watches: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    concerns(
      object: KubernetesObject,
    ): Iterable<string> | Promise<Iterable<string>>;
  }[];
  /** Brings one object where it should be; reads what it needs afresh. */
  reconcile(key: string, signal: AbortSignal): Promise<Requeue | void>;
}

const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 5_000;
/** Longest time that `setTimeout` takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

class WorkQueue {
  readonly #options: ControllerOptions;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: ControllerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const timer of this.#timers.values()) clearTimeout(timer);
    });
  }

  add(key: string) {
    if (this.#signal.aborted) return;
    if (this.#running.has(key)) {
      this.#again.add(key);
      return;
    }
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const run = this.#reconcile(key).finally(() => {
      this.#running.delete(key);
      if (this.#again.delete(key)) this.add(key);
    });
    this.#running.set(key, run);
  }

  async idle() {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #reconcile(key: string) {
    // A tick later, so that changes that belong together are seen together.
    await Promise.resolve();
    const { name, log, reconcile } = this.#options;
    try {
      const requeue = await reconcile(key, this.#signal);
      this.#failures.delete(key);
      if (requeue) this.#addLater(key, requeue.afterMs);
    } catch (error) {
      if (this.#signal.aborted) return;
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      const afterMs = Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS);
      const level = failures > 3 ? 'warn' : 'debug';
      log[level](
        `Controller "${name}" tries "${key}" again in ${afterMs} ms: ${error}`,
      );
      this.#addLater(key, afterMs);
    }
  }

  #addLater(key: string, afterMs: number) {
    if (this.#signal.aborted) return;
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(
      () => this.add(key),
      Math.min(Math.max(afterMs, 0), LONGEST_TIMER_MS),
    );
    timer.unref();
    this.#timers.set(key, timer);
  }
}

/**
 * Runs a controller as Kubernetes' own are built: changes only say which
 * object to look at; one object is never reconciled twice at once; what fails
 * is tried again, later each time.
 */
export function startController(options: ControllerOptions): RunningController {
  const abort = new AbortController();
  const queue = new WorkQueue(options, abort.signal);
  const watching = options.watches.map(async watched => {
    while (!abort.signal.aborted) {
      await follow(options, watched, queue, abort.signal).catch(error =>
        options.log.warn(
          `Controller "${options.name}" watches ${watched.kind} again: ${error}`,
        ),
      );
      await sleep(LAST_RETRY_MS / 5, undefined, {
        signal: abort.signal,
        ref: false,
      }).catch(() => {});
    }
  });
  return {
    async stop() {
      abort.abort();
      await Promise.all([...watching, queue.idle()]);
    },
  };
}

async function follow(
  { kubernetes }: ControllerOptions,
  { concerns, ...selector }: ControllerOptions['watches'][number],
  queue: WorkQueue,
  signal: AbortSignal,
) {
  for await (const event of kubernetes.watch(selector, { signal })) {
    if (event.type === 'synced') continue;
    for (const key of await concerns(event.object)) queue.add(key);
  }
}

/** `<namespace>/<name>`, or the name alone for kinds without a namespace. */
export function keyOf(object: KubernetesObject): string {
  const { name, namespace } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** Reads a {@link keyOf}. */
export function refOfKey(
  selector: Pick<ObjectSelector, 'apiVersion' | 'kind'>,
  key: string,
): ObjectRef {
  const slash = key.indexOf('/');
  const { apiVersion, kind } = selector;
  if (slash < 0) return { apiVersion, kind, name: key };
  const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
  return { apiVersion, kind, namespace, name };
}

/** Concerns the object itself. */
export const itself = (object: KubernetesObject) => [keyOf(object)];

/** Concerns the owners of a kind, by owner reference. */
export const ownersOf = (kind: string) => (object: KubernetesObject) =>
  (object.metadata.ownerReferences ?? [])
    .filter(owner => owner.kind === kind)
    .map(owner => `${object.metadata.namespace}/${owner.name}`);

/** An owner reference as controllers set it. */
export function ownedBy(owner: KubernetesObject) {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}
