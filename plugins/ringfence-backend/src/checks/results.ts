import type {
  Evidence,
  Remedy,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  CheckResult,
  Fact,
} from '@ringfence/backstage-plugin-ringfence-node';

/** The reason of every check that could not look. */
export const NOT_LOOKED = 'NotLooked';

/** What {@link NOT_LOOKED} means, for a check's table of reasons. */
export const NOT_LOOKED_MEANING =
  'Ringfence could not look; the summary says why. It never stands for ok.';

/** A result that needs nothing done. */
export function ok(
  reason: string,
  summary: string,
  evidence: Evidence = {},
): CheckResult {
  return { status: 'ok', reason, summary, evidence };
}

/** A result that needs attention while the fence still holds. */
export function warning(
  reason: string,
  summary: string,
  evidence: Evidence,
  remedy: Remedy,
): CheckResult {
  return { status: 'warning', reason, summary, evidence, remedy };
}

/** A result that says the fence does not hold, or the database is not there. */
export function failing(
  reason: string,
  summary: string,
  evidence: Evidence,
  remedy: Remedy,
): CheckResult {
  return { status: 'failing', reason, summary, evidence, remedy };
}

/** A result that says why nothing can be said. */
export function unknown(
  reason: string,
  summary: string,
  remedy?: Remedy,
  evidence: Evidence = {},
): CheckResult {
  return { status: 'unknown', reason, summary, evidence, remedy };
}

/** A fact that could not be established. */
export type Unlooked = Extract<Fact<never>, { known: false }>;

/**
 * A result for a question whose fact could not be established.
 *
 * @param what - such as "The ring's own view of its nodes"
 */
export function notLooked(what: string, fact: Unlooked): CheckResult {
  return unknown(
    NOT_LOOKED,
    `${what} could not be read: ${fact.why}`,
    fact.remedy ? { text: fact.remedy } : undefined,
  );
}

/** Adds when the oldest of the facts behind a result was seen. */
export function seenAt<T extends CheckResult>(
  result: T,
  ...facts: ReadonlyArray<{ readonly at: Date }>
): T {
  const oldest = Math.min(...facts.map(({ at }) => at.getTime()));
  return { ...result, observedAt: new Date(oldest) };
}
