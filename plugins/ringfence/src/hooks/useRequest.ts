import { useCallback, useEffect, useRef, useState } from 'react';

/** Where a request stands that somebody asked for. */
export type Request<T> =
  | { readonly status: 'idle' | 'pending' }
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly error: Error };

/**
 * Asks the backend for one thing at a time, when told to.
 *
 * @param onDone - called with each answer
 */
export function useRequest<T>(onDone?: (value: T) => void): {
  readonly request: Request<T>;
  readonly send: (ask: () => Promise<T>) => Promise<void>;
} {
  const [request, setRequest] = useState<Request<T>>({ status: 'idle' });
  const pending = useRef(false);
  const gone = useRef(false);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  const send = useCallback(async (ask: () => Promise<T>) => {
    // Pressed twice, it is still one.
    if (pending.current) return;
    pending.current = true;
    setRequest({ status: 'pending' });
    try {
      const value = await ask();
      if (!gone.current) setRequest({ status: 'done', value });
      done.current?.(value);
    } catch (error) {
      if (!gone.current) {
        setRequest({ status: 'failed', error: error as Error });
      }
    } finally {
      pending.current = false;
    }
  }, []);
  return { request, send };
}
