const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** cert-manager's default of `spec.duration`: 90 days. */
export const DEFAULT_DURATION_MS = 90 * 24 * UNITS_MS.h;

/** Reads a duration as Go writes it, such as `2160h0m0s`. @throws where it is none */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g)];
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text) {
    throw new Error(`"${text}" is no duration such as 2160h`);
  }
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS_MS[unit],
    0,
  );
}

/** How long a Certificate is to be valid. */
export function durationOf(spec: { duration?: string }): number {
  return spec.duration ? parseDuration(spec.duration) : DEFAULT_DURATION_MS;
}

/** When cert-manager renews: `renewBefore` before the end, else with a third of the time left. */
export function renewalTimeOf(
  spec: { renewBefore?: string; renewBeforePercentage?: number },
  dates: { notBefore: Date; notAfter: Date },
): Date {
  const wholeMs = dates.notAfter.getTime() - dates.notBefore.getTime();
  let beforeMs = wholeMs / 3;
  if (spec.renewBefore && parseDuration(spec.renewBefore) < wholeMs) {
    beforeMs = parseDuration(spec.renewBefore);
  } else if (spec.renewBeforePercentage) {
    beforeMs = (wholeMs * spec.renewBeforePercentage) / 100;
  }
  const time = dates.notAfter.getTime() - beforeMs;
  return new Date(Math.floor(time / 1000) * 1000);
}
