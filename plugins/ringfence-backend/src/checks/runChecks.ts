import { toError } from '@backstage/errors';
import {
  findingStatusSchema,
  type Finding,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { documentationOf } from './documentation';
import { unknown } from './results';
import { soundFacts } from './soundFacts';

/** The reason of a check that broke; no check answers it by itself. */
export const CHECK_BROKE = 'CheckBroke';

/**
 * Asks every check; each answers for itself, and none stops another. Facts
 * that hold an object of a form that Kubernetes does not give are not known.
 *
 * @param now - what certificates' dates are compared with
 */
export function runChecks(
  checks: readonly Check[],
  facts: Facts,
  now: Date,
): Finding[] {
  const sound = soundFacts(facts);
  return checks.flatMap(check =>
    resultsOf(check, sound, now).map(result => ({
      check: check.id,
      title: check.title,
      category: check.category,
      status: result.status,
      reason: result.reason,
      summary: result.summary,
      evidence: result.evidence,
      ...(result.remedy && { remedy: result.remedy }),
      documentation: documentationOf(check, result.reason),
      observedAt: (result.observedAt ?? facts.gatheredAt).toISOString(),
    })),
  );
}

/** A check may come from somebody else's blueprint: one that throws must not take the report with it. */
function resultsOf(check: Check, facts: Facts, now: Date): CheckResult[] {
  try {
    const results = [check.run(facts, now)].flat();
    results.forEach(requireResult);
    return results;
  } catch (error) {
    return [
      unknown(
        CHECK_BROKE,
        `Check "${check.id}" broke: ${toError(error).message}`,
        { text: 'Report this to whoever wrote the check.' },
      ),
    ];
  }
}

/** Somebody else's check may not have been compiled against our types. */
function requireResult(result: CheckResult): void {
  if (findingStatusSchema.safeParse(result?.status).success) return;
  throw new Error('it gave no status that is known');
}
