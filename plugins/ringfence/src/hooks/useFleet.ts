import { useCallback, useEffect, useRef, useState } from 'react';
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

/** Lists the databases, and again while their reports change. */
export function useFleet(): FleetState {
  const api = useApi(ringfenceApiRef);
  const [state, setState] = useState<Pick<FleetState, 'rows' | 'error'>>({});
  const latest = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>();

  const read = useCallback(async () => {
    const mine = ++latest.current;
    try {
      const rows = await api.listFleet();
      if (mine === latest.current) setState({ rows });
    } catch (error) {
      if (mine === latest.current)
        setState(last => ({ ...last, error: error as Error }));
    }
  }, [api]);

  const changed = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      read();
    }, FLEET_PAUSE_MS);
  }, [read]);
  useReportChanges(changed);

  useEffect(() => {
    read();
    return () => {
      latest.current++;
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [read]);

  const reload = useCallback(() => {
    setState({});
    read();
  }, [read]);
  return { ...state, reload };
}
