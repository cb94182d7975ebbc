import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Database,
  DatabaseRef,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../api';

/** How often a report that is looked at is read again. */
export const POLL_INTERVAL_MS = 15_000;

/** What is known of one database, and whether it is being read again. */
export interface ReportState {
  readonly report?: Report;
  readonly database?: Database;
  /** Why the last read failed; `report` is then the one before it. */
  readonly error?: Error;
  readonly refreshing: boolean;
  /** Has the backend run its probes again. */
  readonly refresh: () => void;
}

/** Reads a database's report, and again every 15 s while the page is visible. */
export function useReport({
  kubernetesCluster,
  namespace,
}: DatabaseRef): ReportState {
  const api = useApi(ringfenceApiRef);
  const [state, setState] = useState<
    Pick<ReportState, 'report' | 'database' | 'error'>
  >({});
  const [refreshing, setRefreshing] = useState(false);
  const reads = useRef({ latest: 0, pending: false });

  const read = useCallback(
    async (refresh: boolean) => {
      const ref = { kubernetesCluster, namespace };
      const mine = ++reads.current.latest;
      reads.current.pending = true;
      // An answer that a later read has overtaken must not be shown.
      const settle = (change: () => void) => {
        if (mine !== reads.current.latest) return;
        reads.current.pending = false;
        setRefreshing(false);
        change();
      };
      if (refresh) setRefreshing(true);
      try {
        const [report, database] = await Promise.all([
          api.getReport(ref, { refresh }),
          api.getDatabase(ref),
        ]);
        settle(() => setState({ report, database }));
      } catch (error) {
        settle(() => setState(last => ({ ...last, error: error as Error })));
      }
    },
    [api, kubernetesCluster, namespace],
  );

  useEffect(() => {
    const marks = reads.current;
    const poll = () => {
      if (document.visibilityState !== 'visible' || marks.pending) return;
      read(false);
    };
    setState({});
    read(false);
    const timer = setInterval(poll, POLL_INTERVAL_MS);
    document.addEventListener('visibilitychange', poll);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', poll);
      marks.latest++;
      marks.pending = false;
    };
  }, [read]);

  const refresh = useCallback(() => {
    read(true);
  }, [read]);

  return { ...state, refreshing, refresh };
}
