import { ServiceUnavailableError, toError } from '@backstage/errors';
import type { Watch } from '@kubernetes/client-node';
import type {
  KubernetesObject,
  ObjectSelector,
  ServedApi,
  WatchEvent,
  WatchOptions,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiServer } from './ApiServer';
import { BackOff, type BackOffOptions } from './BackOff';
import { EventQueue } from './EventQueue';
import { loadClientNode } from './kubeConfig';
import { collectionPath, type ApiResources } from './resources';
import { WatchRequests } from './WatchRequests';
import { labelSelectorOf, type ObjectStore } from './objects';

/** What a watch needs. */
export interface WatchDeps extends BackOffOptions {
  readonly api: ApiServer;
  readonly resources: ApiResources;
  readonly objects: ObjectStore;
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
  { signal, ...options }: WatchOptions,
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
    await startListWatch(deps, served, selector, queue, {
      ...options,
      signal: stopped.signal,
    });
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
  { signal, onInterruption, reduce }: WatchOptions,
): Promise<void> {
  const { ListWatch, ADD, UPDATE, DELETE, ERROR } = await loadClientNode();
  const backOff = new BackOff(deps, signal);
  let synced = false;
  const requests = new WatchRequests(deps.api, served, selector, signal, {
    reduce,
    // The list has been taken in when the first watch begins.
    onBegin: () => {
      if (!synced) queue.push({ type: 'synced' });
      synced = true;
    },
    onOpen: () => {
      backOff.reset();
      onInterruption?.(undefined);
    },
  });
  const informer = new ListWatch<any>(
    collectionPath(served, selector.namespace),
    requests as unknown as Watch,
    () =>
      deps.objects.listServed(served, selector, {
        signal,
        reduce,
      }) as Promise<any>,
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
    onInterruption?.(toError(error));
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
