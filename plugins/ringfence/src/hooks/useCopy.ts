import { useCallback, useEffect, useState } from 'react';

/** How long "Copied" stays. */
const SHOWN_MS = 2_000;

export type CopyOutcome = 'copied' | 'failed';

/** Writes text to the clipboard and says for a moment how that went. */
export function useCopy(): {
  readonly outcome: CopyOutcome | undefined;
  readonly copy: (text: string) => Promise<void>;
} {
  const [outcome, setOutcome] = useState<CopyOutcome>();

  useEffect(() => {
    if (!outcome) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = useCallback(async (text: string) => {
    try {
      // Undefined where the portal is served without TLS.
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  }, []);

  return { outcome, copy };
}
