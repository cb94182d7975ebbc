import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceUnavailableError } from '@backstage/errors';
import type { Watch } from '@kubernetes/client-node';
import type {
  KubernetesObject,
  ObjectSelector,
  ServedApi,
  WatchEvent,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiServer } from './ApiServer';
import { EventQueue } from './EventQueue';
import { loadClientNode } from './kubeConfig';
import { collectionPath, type ApiResources } from './resources';
import { contextOf, labelSelectorOf, type ObjectStore } from './objects';

/** The API server ends a watch after this; it goes on from there. */
const WATCH_SECONDS = 290;
/** A watch that is still open long after that has lost its other side. */
const WATCH_MAX_MS = (WATCH_SECONDS + 30) * 1000;
/** Shorter ones wait before they begin again. */
const GOOD_WATCH_MS = 10_000;
const MAX_DELAY_MS = 30_000;

/** What a watch needs. */
export interface WatchDeps {
  readonly api: ApiServer;
  readonly resources: ApiResources;
  readonly objects: ObjectStore;
  /** Between 0 and 1; spreads the return of many clients. @default Math.random */
  readonly random?: () => number;
  /** @default 1000 */
  readonly firstDelayMs?: number;
}

/**
 * Lists, then watches, on the client's own `ListWatch`, which goes on from the
 * last version seen and lists again where that is too old.
 *
 * @throws as the first list does, and later where a right or the kind is gone
 */
export async function* watchObjects(
  deps: WatchDeps,
  selector: ObjectSelector,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  if (signal.aborted) return;
  const served = await deps.resources.require(
    selector.apiVersion,
    selector.kind,
  );
  const stopped = new AbortController();
  const queue = new EventQueue<WatchEvent>();
  const end = () => {
    stopped.abort();
    queue.end();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    await startListWatch(deps, served, selector, queue, stopped.signal);
    yield* queue;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

async function startListWatch(
  deps: WatchDeps,
  served: ServedApi,
  selector: ObjectSelector,
  queue: EventQueue<WatchEvent>,
  signal: AbortSignal,
): Promise<void> {
  const { ListWatch, ADD, UPDATE, DELETE, ERROR } = await loadClientNode();
  const backOff = new BackOff(deps, signal);
  let synced = false;
  const requests = new WatchRequests(deps.api, served, selector, signal, {
    // The list has been taken in when the first watch begins.
    onBegin: () => {
      if (!synced) queue.push({ type: 'synced' });
      synced = true;
    },
    onOpen: () => backOff.reset(),
  });
  const informer = new ListWatch<any>(
    collectionPath(served, selector.namespace),
    requests as unknown as Watch,
    () => deps.objects.listServed(served, selector, signal) as Promise<any>,
    false,
    labelSelectorOf(selector),
    undefined,
    { delayFn: async ms => void (await backOff.wait(ms)) },
  );
  informer.on(ADD, (object: KubernetesObject) =>
    queue.push({ type: 'added', object }),
  );
  informer.on(UPDATE, (object: KubernetesObject) =>
    queue.push({ type: 'modified', object }),
  );
  informer.on(DELETE, (object: KubernetesObject) =>
    queue.push({ type: 'deleted', object }),
  );
  informer.on(ERROR, async (error: unknown) => {
    if (signal.aborted) return;
    if (!synced || !isPassing(error)) {
      queue.end(error);
      return;
    }
    await backOff.wait();
    if (!signal.aborted) await informer.start();
  });
  signal.addEventListener('abort', () => void informer.stop(), { once: true });
  void informer.start();
}

/** Whether waiting may mend it. A right or a kind that is gone must be told. */
function isPassing(error: unknown): boolean {
  return error instanceof ServiceUnavailableError;
}

/** Waits longer each time, and never as long as others do. */
class BackOff {
  readonly #deps: WatchDeps;
  readonly #signal: AbortSignal;
  #failures = 0;

  constructor(deps: WatchDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Between half the time and all of it; ends early with the signal. */
  async wait(ms?: number): Promise<void> {
    const { firstDelayMs = 1_000, random = Math.random } = this.#deps;
    const grown = firstDelayMs * 2 ** this.#failures;
    this.#failures += 1;
    const longest = Math.min(ms ?? grown, MAX_DELAY_MS);
    const signal = this.#signal;
    await delay(longest * (0.5 + random() / 2), undefined, { signal }).catch(
      () => {},
    );
  }
}

type Done = (error: unknown) => void;

/** Makes the requests of a `ListWatch`, in the place of the client's `Watch`, with our words for errors. */
class WatchRequests {
  readonly #api: ApiServer;
  readonly #served: ServedApi;
  readonly #selector: ObjectSelector;
  readonly #signal: AbortSignal;
  readonly #hooks: { onBegin(): void; onOpen(): void };

  constructor(
    api: ApiServer,
    served: ServedApi,
    selector: ObjectSelector,
    signal: AbortSignal,
    hooks: { onBegin(): void; onOpen(): void },
  ) {
    this.#api = api;
    this.#served = served;
    this.#selector = selector;
    this.#signal = signal;
    this.#hooks = hooks;
  }

  async watch(
    path: string,
    query: Record<string, string>,
    onEvent: (type: string, object: unknown) => void,
    done: Done,
  ): Promise<AbortController> {
    const controller = new AbortController();
    if (this.#signal.aborted) return controller;
    this.#hooks.onBegin();
    const startedMs = Date.now();
    void this.#run(path, query, onEvent, controller.signal).then(
      () => done(endOf(startedMs)),
      error => {
        if (!controller.signal.aborted) done(error);
      },
    );
    return controller;
  }

  async #run(
    path: string,
    query: Record<string, string>,
    onEvent: (type: string, object: unknown) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const deadline = AbortSignal.timeout(WATCH_MAX_MS);
    const stream = await this.#api.open({
      path,
      query: {
        ...query,
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(WATCH_SECONDS),
      },
      signal: AbortSignal.any([signal, this.#signal, deadline]),
      context: contextOf('watch', this.#served, {
        namespace: this.#selector.namespace,
      }),
    });
    this.#hooks.onOpen();
    try {
      for await (const line of linesOf(stream)) {
        const { type, object } = JSON.parse(line);
        onEvent(type, object);
      }
    } catch {
      // A connection that broke is resumed like one that ended.
      stream.destroy();
    }
  }
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines.filter(line => line !== '');
  }
}

/** `ListWatch` goes on at once after a `TimeoutError`, and waits after anything else. */
function endOf(startedMs: number): Error | null {
  return Date.now() - startedMs >= GOOD_WATCH_MS
    ? Object.assign(new Error('The watch has ended'), { name: 'TimeoutError' })
    : null;
}
