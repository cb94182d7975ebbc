import type { Readable } from 'node:stream';
import type {
  ObjectSelector,
  ServedApi,
  WatchOptions,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiServer } from './ApiServer';
import { contextOf } from './objects';

/** The API server ends a watch after this; it goes on from there. */
const WATCH_SECONDS = 290;
/** A watch that is still open long after that has lost its other side. */
const WATCH_MAX_MS = (WATCH_SECONDS + 30) * 1000;
/** Even where nothing changes, a bookmark comes about every minute. */
const SILENT_MAX_MS = 150_000;
/** Shorter ones wait before they begin again. */
const GOOD_WATCH_MS = 10_000;

type Done = (error: unknown) => void;

/** What the one who watches wants to know, and to have. */
export interface WatchHooks {
  onBegin(): void;
  onOpen(): void;
  readonly reduce?: WatchOptions['reduce'];
}

/** Makes the requests of a `ListWatch`, in the place of the client's `Watch`, with our words for errors. */
export class WatchRequests {
  readonly #api: ApiServer;
  readonly #served: ServedApi;
  readonly #selector: ObjectSelector;
  readonly #signal: AbortSignal;
  readonly #hooks: WatchHooks;

  constructor(
    api: ApiServer,
    served: ServedApi,
    selector: ObjectSelector,
    signal: AbortSignal,
    hooks: WatchHooks,
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
    stream.setTimeout(SILENT_MAX_MS, () => stream.destroy());
    try {
      for await (const line of linesOf(stream)) {
        const { type, object } = JSON.parse(line);
        const kept = this.#reduced(type, object);
        if (kept) onEvent(type, kept);
      }
    } catch {
      // A connection that broke is resumed like one that ended.
      stream.destroy();
    }
  }

  /** Only what is kept is reduced: bookmarks, errors and deletions are read and forgotten. */
  #reduced(type: string, object: any): unknown {
    const isKept = type === 'ADDED' || type === 'MODIFIED';
    const { reduce } = this.#hooks;
    return isKept && reduce ? reduce(object) : object;
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
