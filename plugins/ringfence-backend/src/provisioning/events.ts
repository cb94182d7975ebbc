import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type { Clock } from './clock';

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

/** Says something to whoever reads the run; the time is added here. */
export type Emit = (event: WithoutTime<ProvisioningEvent>) => void;

/** Why a run ends whose reader has gone. */
export class ReaderGoneError extends Error {
  name = 'ReaderGoneError' as const;
  constructor() {
    super('Nobody reads this run any more');
  }
}

/**
 * Lets `work` speak in events. The iteration ends when the work does; a reader
 * who leaves early stops the work and waits until it has let go of everything.
 *
 * @param work - must not reject: its last event says how it went
 */
export async function* eventsOf(
  clock: Clock,
  redact: (text: string) => string,
  work: (emit: Emit, readerGone: AbortSignal) => Promise<void>,
): AsyncGenerator<ProvisioningEvent> {
  const queue: ProvisioningEvent[] = [];
  const reader = new AbortController();
  let wake = () => {};
  let ended = false;
  const nextChange = () =>
    new Promise<void>(resolve => {
      wake = resolve;
    });
  const emit: Emit = event => {
    const at = clock.now().toISOString();
    queue.push(redactAll({ ...event, at } as ProvisioningEvent, redact));
    wake();
  };
  const running = work(emit, reader.signal).finally(() => {
    ended = true;
    wake();
  });
  try {
    for (;;) {
      const event = queue.shift();
      if (event) yield event;
      else if (ended) break;
      else await nextChange();
    }
  } finally {
    reader.abort(new ReaderGoneError());
    await running;
  }
}

function redactAll<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) {
    return value.map(item => redactAll(item, redact)) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactAll(item, redact)]),
  ) as T;
}
