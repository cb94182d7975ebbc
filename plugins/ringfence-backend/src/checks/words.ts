const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

const UNITS = [
  ['year', YEAR_MS],
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const;

/** A length of time in its largest unit that comes to two or more, such as "61 days"; never negative. */
export function durationText(ms: number): string {
  const length = Math.abs(ms);
  const [name, unitMs] =
    UNITS.find(([, size]) => length >= 2 * size) ?? UNITS[UNITS.length - 1];
  const number = Math.floor(length / unitMs);
  return number === 0 ? 'less than a minute' : count(number, name);
}

/** "expires in 61 days" or "expired 3 hours ago". */
export function expiryText(notAfter: Date, now: Date): string {
  const leftMs = notAfter.getTime() - now.getTime();
  return leftMs > 0
    ? `expires in ${durationText(leftMs)}`
    : `expired ${durationText(leftMs)} ago`;
}

/** "1 node" or "3 nodes". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** "a", "a and b", "a, b and c". */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
