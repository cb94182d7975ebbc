import { useCallback, useEffect, useState } from 'react';

/** Where a load stands. */
export type Load<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly value: T }
  | { readonly status: 'failed'; readonly error: Error };

/**
 * Loads once, and again whenever `load` changes or `reload` is called.
 *
 * @param load - must be stable: wrap it in `useCallback`
 */
export function useLoad<T>(load: () => Promise<T>): Load<T> & {
  readonly reload: () => void;
} {
  const [state, setState] = useState<Load<T>>({ status: 'loading' });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    setState({ status: 'loading' });
    load().then(
      value => current && setState({ status: 'loaded', value }),
      error => current && setState({ status: 'failed', error }),
    );
    return () => {
      current = false;
    };
  }, [load, attempt]);

  const reload = useCallback(() => setAttempt(count => count + 1), []);
  return { ...state, reload };
}
