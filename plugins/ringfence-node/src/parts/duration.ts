const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = {
  h: HOUR_MS,
  m: 60_000,
  s: 1_000,
};

/**
 * Reads a duration as cert-manager takes it (Go's notation, in hours, minutes
 * and seconds): `2160h`, `1h30m`.
 *
 * @returns milliseconds, or undefined where the text has another form
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d{1,9}[hms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS_MS[unit],
    0,
  );
}

/**
 * Writes milliseconds in cert-manager's notation; fractions of a second are
 * dropped.
 */
export function formatDuration(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / UNITS_MS.m);
  const seconds = Math.floor((ms % UNITS_MS.m) / UNITS_MS.s);
  const parts = [
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    seconds > 0 ? `${seconds}s` : '',
  ].join('');
  return parts || '0s';
}
