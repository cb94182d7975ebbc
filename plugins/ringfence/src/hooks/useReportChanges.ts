import { useEffect } from 'react';
import { useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  REPORT_SIGNAL,
  reportSignalId,
  type ReportSignal,
} from '@ringfence/backstage-plugin-ringfence-common';

/** How often is asked where the portal has no signals. */
export const POLL_INTERVAL_MS = 15_000;

/**
 * How often is asked where it has them: a proxy may cut the WebSocket without
 * anyone noticing, and what is shown must not stay green because of that.
 */
export const SAFETY_INTERVAL_MS = 120_000;

/**
 * Calls `onChange` when a report became another, and when the page is looked at
 * again; never while it is hidden. Without signals it is called every 15 s.
 *
 * @param onChange - must be stable: wrap it in `useCallback`
 * @param database - `<Kubernetes cluster>/<namespace>`; every database, where absent
 */
export function useReportChanges(
  onChange: () => void,
  database?: string,
): void {
  // `useSignal` keeps the last message alone; of two at once, ours may be the first.
  const signals = useApiHolder().get(signalApiRef);

  useEffect(() => {
    const changed = () => {
      if (document.visibilityState === 'visible') onChange();
    };
    const id = database && reportSignalId(database);
    const subscription = signals?.subscribe<ReportSignal>(
      REPORT_SIGNAL,
      message => {
        if (!id || message.id === id) changed();
      },
    );
    const timer = setInterval(
      changed,
      signals ? SAFETY_INTERVAL_MS : POLL_INTERVAL_MS,
    );
    document.addEventListener('visibilitychange', changed);
    return () => {
      subscription?.unsubscribe();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', changed);
    };
  }, [signals, onChange, database]);
}
