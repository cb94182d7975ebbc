const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
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
