import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Credentials,
  DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../api';

/** How long a revealed password stays on the screen. */
export const REVEALED_FOR_SECONDS = 60;

/** A password that is shown for a while, by asking for it each time. */
export interface Reveal {
  readonly credentials?: Credentials;
  readonly secondsLeft: number;
  readonly pending: boolean;
  /** It was shown before, and is hidden again. */
  readonly wasShown: boolean;
  readonly error?: Error;
  readonly reveal: () => Promise<void>;
  readonly hide: () => void;
}

/** Fetches the application role's login on demand and forgets it after 60 s. */
export function useReveal(databaseRef: DatabaseRef): Reveal {
  const api = useApi(ringfenceApiRef);
  const [credentials, setCredentials] = useState<Credentials>();
  const [secondsLeft, setSecondsLeft] = useState(0);
  const [pending, setPending] = useState(false);
  const [wasShown, setWasShown] = useState(false);
  const [error, setError] = useState<Error>();

  const hide = useCallback(() => {
    setCredentials(undefined);
    setSecondsLeft(0);
  }, []);

  useEffect(() => {
    if (!credentials) return undefined;
    // A deadline, since a page in the background is woken seldom.
    const deadline = Date.now() + REVEALED_FOR_SECONDS * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((deadline - Date.now()) / 1000);
      if (left <= 0) hide();
      else setSecondsLeft(left);
    }, 1000);
    return () => clearInterval(timer);
  }, [credentials, hide]);

  const reveal = async () => {
    setPending(true);
    setError(undefined);
    try {
      setCredentials(await api.revealCredentials(databaseRef));
      setSecondsLeft(REVEALED_FOR_SECONDS);
      setWasShown(true);
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setPending(false);
    }
  };

  return {
    credentials,
    secondsLeft,
    pending,
    wasShown: wasShown && !credentials,
    error,
    reveal,
    hide,
  };
}
