import { useCallback, useEffect, useRef, useState } from 'react';

/** Where a load stands. */
export type Load<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly value: T }
  | { readonly status: 'failed'; readonly error: Error };

/**
 * Loads once, and again whenever `load` changes or `reload` is called.
 *
 * @param load - must be stable: wrap it in `useCallback`
 * @param version - loads again when it changes, and shows what was there until then
 */
export function useLoad<T>(
  load: () => Promise<T>,
  version?: string,
): Load<T> & {
  readonly reload: () => void;
} {
  const [state, setState] = useState<Load<T>>({ status: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const shown = useRef<{ load?: () => Promise<T>; attempt?: number }>({});

  useEffect(() => {
    let current = true;
    const sameThing =
      shown.current.load === load && shown.current.attempt === attempt;
    shown.current = { load, attempt };
    setState(last =>
      sameThing && last.status === 'loaded' ? last : { status: 'loading' },
    );
    load().then(
      value => current && setState({ status: 'loaded', value }),
      error => current && setState({ status: 'failed', error }),
    );
    return () => {
      current = false;
    };
  }, [load, attempt, version]);

  const reload = useCallback(() => setAttempt(count => count + 1), []);
  return { ...state, reload };
}
