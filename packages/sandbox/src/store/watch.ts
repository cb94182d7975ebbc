import { EventEmitter, once } from 'node:events';
import type {
  ObjectSelector,
  WatchEvent,
} from '@ringfence/backstage-plugin-ringfence-node';
import { clone } from './json';
import { matches } from './objects';
import type { ObjectStore } from './ObjectStore';
import type { Change } from './ObjectTable';

/** What a change means to someone who watches these objects; undefined: nothing. */
function toEvent(
  change: Change,
  selector: ObjectSelector,
): WatchEvent | undefined {
  const before = change.before && matches(change.before, selector);
  const after = change.after && matches(change.after, selector);
  if (after) {
    const object = clone(change.after!);
    return { type: before ? 'modified' : 'added', object };
  }
  return before
    ? { type: 'deleted', object: clone(change.before!) }
    : undefined;
}

/** The store's objects as a watch gives them: those there are, `synced`, then changes until `signal` aborts. */
export async function* watchStore(
  store: ObjectStore,
  selector: ObjectSelector,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  if (signal.aborted) return;
  const queue: WatchEvent[] = store
    .list(selector)
    .map(object => ({ type: 'added', object }));
  queue.push({ type: 'synced' });
  const arrived = new EventEmitter();
  const wake = () => arrived.emit('event');
  const unsubscribe = store.subscribe(change => {
    const event = toEvent(change, selector);
    if (!event) return;
    queue.push(event);
    wake();
  });
  signal.addEventListener('abort', wake);
  try {
    while (!signal.aborted) {
      const event = queue.shift();
      if (event) yield event;
      else await once(arrived, 'event');
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', wake);
  }
}
