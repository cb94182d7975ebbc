import { useMemo } from 'react';
import {
  appLanguageApiRef,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { ringfenceTranslationRef } from '../translation';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** Whole days until a moment; negative once it has passed. */
export function daysUntil(moment: string, now: Date): number {
  return Math.floor((Date.parse(moment) - now.getTime()) / DAY_MS);
}

/** Times in words, and in figures as the reader's browser writes them. */
export interface Times {
  /** Such as "61 days"; the sign is ignored. */
  duration(ms: number): string;
  /** Such as "2 min. ago". */
  ago(moment: string, now: Date): string;
  /** Such as "expires in 61 days" or "expired 3 hours ago". */
  expiry(notAfter: string, now: Date): string;
  /** Date alone. */
  date(moment: string): string;
  /** Hours and minutes alone. */
  time(moment: string): string;
  /** Date and time, with the time zone. */
  absolute(moment: string): string;
}

export function useTimes(): Times {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  // Sentences are in the app's language; an age is part of one.
  const language = useApiHolder()
    .get(appLanguageApiRef)
    ?.getLanguage().language;

  return useMemo(() => {
    const relative = new Intl.RelativeTimeFormat(language, {
      numeric: 'auto',
      style: 'short',
    });
    // No locale: figures follow the reader's browser.
    const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
    const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
    const absolute = new Intl.DateTimeFormat(undefined, {
      dateStyle: 'medium',
      timeStyle: 'long',
    });

    const duration = (ms: number) => {
      const left = Math.abs(ms);
      const count = (unit: number) => Math.floor(left / unit);
      if (left >= 2 * YEAR_MS)
        return t('common.durations.years', { count: count(YEAR_MS) });
      if (left >= 2 * DAY_MS)
        return t('common.durations.days', { count: count(DAY_MS) });
      if (left >= 2 * HOUR_MS)
        return t('common.durations.hours', { count: count(HOUR_MS) });
      if (left >= MINUTE_MS)
        return t('common.durations.minutes', { count: count(MINUTE_MS) });
      return t('common.durations.moment');
    };

    return {
      duration,
      ago(moment, now) {
        // A clock that runs ahead must not make a check come from the future.
        const ms = Math.max(0, now.getTime() - Date.parse(moment));
        if (ms < MINUTE_MS)
          return relative.format(-Math.round(ms / 1000 / 10) * 10, 'second');
        if (ms < HOUR_MS)
          return relative.format(-Math.round(ms / MINUTE_MS), 'minute');
        if (ms < DAY_MS)
          return relative.format(-Math.floor(ms / HOUR_MS), 'hour');
        return relative.format(-Math.floor(ms / DAY_MS), 'day');
      },
      expiry(notAfter, now) {
        const leftMs = Date.parse(notAfter) - now.getTime();
        return t(leftMs > 0 ? 'common.expires.left' : 'common.expires.ago', {
          duration: duration(leftMs),
        });
      },
      date: moment => date.format(new Date(moment)),
      time: moment => time.format(new Date(moment)),
      absolute: moment => absolute.format(new Date(moment)),
    };
  }, [t, language]);
}
