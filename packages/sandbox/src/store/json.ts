/**
 * A copy of what JSON can carry. Not `structuredClone`: under jest that one
 * makes objects of another realm, which compare as different.
 */
export function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clone) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([field, inner]) => [field, clone(inner)]),
  ) as T;
}

/** Whether two values are the same as JSON, whatever the order of their fields. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a, b].map(value =>
    Object.entries(value).filter(([, inner]) => inner !== undefined),
  );
  return (
    left.length === right.length &&
    left.every(([field, inner]) =>
      sameJson(inner, (b as Record<string, unknown>)[field]),
    )
  );
}

/** Whether two sets have the same members. */
export function sameSet<T>(
  a: ReadonlySet<T>,
  b: ReadonlySet<T> | undefined,
): boolean {
  return a.size === b?.size && [...a].every(member => b.has(member));
}
