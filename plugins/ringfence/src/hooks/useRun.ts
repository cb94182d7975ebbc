import { useCallback, useEffect, useRef, useState } from 'react';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';

/** A change that the backend makes while it says how far it is. */
export interface Run {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  readonly events: readonly ProvisioningEvent[];
  /** Why it could not be followed; what the backend itself says is among the events. */
  readonly error?: Error;
  readonly start: (open: () => AsyncIterable<ProvisioningEvent>) => void;
  readonly reset: () => void;
}

type State = Pick<Run, 'status' | 'events' | 'error'>;

const IDLE: State = { status: 'idle', events: [] };

function stateAfter(state: State, event: ProvisioningEvent): State {
  const status =
    event.type === 'done' || event.type === 'failed' ? event.type : 'running';
  return { status, events: [...state.events, event] };
}

/** The answer ended before it said how it went. */
export class CutOffError extends Error {
  name = 'CutOffError';
}

/**
 * Follows a run until it ends. Leaving the page ends the connection, and the
 * backend stops after the object at hand.
 *
 * @param onEnd - called after a run, however it ended
 */
export function useRun(onEnd: () => void): Run {
  const [state, setState] = useState<State>(IDLE);
  const current = useRef<AsyncIterator<ProvisioningEvent>>();
  const ended = useRef(onEnd);
  ended.current = onEnd;

  useEffect(
    () => () => {
      current.current?.return?.();
      current.current = undefined;
    },
    [],
  );

  const start = useCallback<Run['start']>(async open => {
    if (current.current) return;
    const iterator = open()[Symbol.asyncIterator]();
    current.current = iterator;
    const followed = () => current.current === iterator;
    setState({ status: 'running', events: [] });
    try {
      let next = await iterator.next();
      while (!next.done && followed()) {
        const event = next.value;
        setState(last => stateAfter(last, event));
        next = await iterator.next();
      }
      if (!followed()) return;
      setState(last =>
        last.status === 'running'
          ? { ...last, status: 'failed', error: new CutOffError() }
          : last,
      );
    } catch (error) {
      if (!followed()) return;
      setState(last => ({ ...last, status: 'failed', error: error as Error }));
    }
    current.current = undefined;
    ended.current();
  }, []);

  const reset = useCallback(() => {
    if (!current.current) setState(IDLE);
  }, []);

  return { ...state, start, reset };
}
