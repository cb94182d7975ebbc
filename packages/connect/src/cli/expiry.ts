const MINUTE_MS = 60_000;
const UNITS: ReadonlyArray<readonly [name: string, ms: number]> = [
  ['year', 365 * 24 * 60 * MINUTE_MS],
  ['day', 24 * 60 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
];

/** Such as "expires in 61 days" or "expired 3 hours ago"; two years and more in years. */
export function expiryText(notAfter: Date, now: Date): string {
  const leftMs = notAfter.getTime() - now.getTime();
  const text = durationText(Math.abs(leftMs));
  return leftMs > 0 ? `expires in ${text}` : `expired ${text} ago`;
}

function durationText(ms: number): string {
  const unit = UNITS.find(([name, size]) =>
    name === 'year' ? ms >= 2 * size : ms >= size,
  );
  if (!unit) return 'less than a minute';
  const [name, size] = unit;
  const count = Math.floor(ms / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
