import {
  SetStateAction,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type { FleetRow } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../api';
import { useReportChanges } from './useReportChanges';

/** Reports of many databases change at once: the list is read no more often than this. */
export const FLEET_PAUSE_MS = 3_000;

/** All databases that the user may see. */
export interface FleetState {
  readonly rows?: readonly FleetRow[];
  /** Why the last read failed; `rows` are then those before it. */
  readonly error?: Error;
  readonly reload: () => void;
}

type Known = Pick<FleetState, 'rows' | 'error'>;

/** Lists the databases, and again while their reports change. */
export function useFleet(): FleetState {
  const api = useApi(ringfenceApiRef);
  const [state, setState] = useState<Known>({});
  const reads = useRef<{
    latest: number;
    timer?: ReturnType<typeof setTimeout>;
  }>({ latest: 0 });

  const read = useCallback(async () => {
    const marks = reads.current;
    const mine = ++marks.latest;
    // An answer that a later read has overtaken must not be shown.
    const settle = (change: SetStateAction<Known>) => {
      if (mine === marks.latest) setState(change);
    };
    try {
      const rows = await api.listFleet();
      settle({ rows });
    } catch (error) {
      settle(last => ({ ...last, error: error as Error }));
    }
  }, [api]);

  const changed = useCallback(() => {
    const marks = reads.current;
    marks.timer ??= setTimeout(() => {
      marks.timer = undefined;
      read();
    }, FLEET_PAUSE_MS);
  }, [read]);
  useReportChanges(changed);

  useEffect(() => {
    const marks = reads.current;
    read();
    return () => {
      marks.latest++;
      clearTimeout(marks.timer);
      marks.timer = undefined;
    };
  }, [read]);

  const reload = useCallback(() => {
    setState({});
    read();
  }, [read]);
  return { ...state, reload };
}
