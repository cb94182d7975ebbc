import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  ConnectionTestStep,
  DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../api';

/** A test that goes on, or has ended. */
export interface ConnectionTest {
  readonly status: 'idle' | 'running' | 'ended' | 'failed';
  readonly steps: readonly ConnectionTestStep[];
  /** Why it could not be run to its end. */
  readonly error?: Error;
  readonly start: () => Promise<void>;
}

type State = Omit<ConnectionTest, 'start'>;

const RUNNING: State = { status: 'running', steps: [] };

/** Tests the connection on demand; leaving the page ends the test. */
export function useConnectionTest(databaseRef: DatabaseRef): ConnectionTest {
  const api = useApi(ringfenceApiRef);
  const [state, setState] = useState<State>({ status: 'idle', steps: [] });
  const current = useRef<AsyncIterator<ConnectionTestStep>>();

  useEffect(
    () => () => {
      current.current?.return?.();
      current.current = undefined;
    },
    [],
  );

  const start = useCallback(async () => {
    if (current.current) return;
    const iterator = api.testConnection(databaseRef)[Symbol.asyncIterator]();
    current.current = iterator;
    const followed = () => current.current === iterator;
    setState(RUNNING);
    try {
      let next = await iterator.next();
      while (!next.done && followed()) {
        const step = next.value;
        setState(last => ({ ...last, steps: [...last.steps, step] }));
        next = await iterator.next();
      }
      if (!followed()) return;
      setState(last => ({ ...last, status: 'ended' }));
    } catch (error) {
      if (!followed()) return;
      setState(last => ({ ...last, status: 'failed', error: error as Error }));
    }
    current.current = undefined;
  }, [api, databaseRef]);

  return { ...state, start };
}
