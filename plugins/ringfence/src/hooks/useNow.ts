import { useEffect, useState } from 'react';

/** The present moment, renewed often enough for ages in minutes to be right. */
export function useNow(intervalMs: number = 10_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return now;
}
