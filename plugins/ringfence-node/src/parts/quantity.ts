const UNITS: Readonly<Record<string, number>> = {
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/**
 * Reads a Kubernetes quantity of memory or storage in binary units: `768Mi`,
 * `10Gi`, `2Ti`.
 *
 * @returns bytes, or undefined where the text has another form
 */
export function parseBytes(text: string): number | undefined {
  const match = /^([1-9]\d{0,6})(Mi|Gi|Ti)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2]] : undefined;
}

/** Whole MiB of a quantity that {@link parseBytes} reads. */
export function toMebibytes(quantity: string): number {
  return Math.floor((parseBytes(quantity) ?? 0) / UNITS.Mi);
}
