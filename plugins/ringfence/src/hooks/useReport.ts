import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  Database,
  DatabaseRef,
  Report,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../api';
import { useReportChanges } from './useReportChanges';

/** What is known of one database, and whether it is being read again. */
export interface ReportState {
  readonly report?: Report;
  readonly database?: Database;
  /** Why the last read failed; `report` is then the one before it. */
  readonly error?: Error;
  readonly refreshing: boolean;
  /** Has the backend run its probes again; needs `allowed.operate`. */
  readonly refresh: () => void;
  /** Reads what is known, without probes. */
  readonly reload: () => void;
}

/** Reads a database's report, and again whenever it becomes another. */
export function useReport({
  kubernetesCluster,
  namespace,
}: DatabaseRef): ReportState {
  const api = useApi(ringfenceApiRef);
  const [state, setState] = useState<
    Pick<ReportState, 'report' | 'database' | 'error'>
  >({});
  const [refreshing, setRefreshing] = useState(false);
  const reads = useRef({ latest: 0, pending: false, missed: false });

  const read = useCallback(
    async (refresh: boolean): Promise<void> => {
      const ref = { kubernetesCluster, namespace };
      const marks = reads.current;
      const mine = ++marks.latest;
      marks.pending = true;
      marks.missed = false;
      // An answer that a later read has overtaken must not be shown.
      const settle = (change: () => void) => {
        if (mine !== marks.latest) return;
        marks.pending = false;
        setRefreshing(false);
        change();
        if (marks.missed) read(false);
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

  const changed = useCallback(() => {
    // What is on its way may have been read before the change.
    if (reads.current.pending) reads.current.missed = true;
    else read(false);
  }, [read]);
  useReportChanges(
    changed,
    stringifyDatabaseRef({ kubernetesCluster, namespace }),
  );

  useEffect(() => {
    const marks = reads.current;
    setState({});
    read(false);
    return () => {
      marks.latest++;
      marks.pending = false;
    };
  }, [read]);

  const refresh = useCallback(() => {
    read(true);
  }, [read]);
  const reload = useCallback(() => {
    read(false);
  }, [read]);

  return { ...state, refreshing, refresh, reload };
}
