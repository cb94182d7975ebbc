import type { Finding } from '@ringfence/backstage-plugin-ringfence-common';
import type { Check, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { runChecks } from '../runChecks';
import { NOW } from './certificates';

/** What one check finds in these facts, the way a report asks it. */
export function findingsOf(check: Check, facts: Facts): Finding[] {
  return runChecks([check], facts, NOW);
}

/** The same as a table tells it: `failing Expired`. */
export function verdictsOf(check: Check, facts: Facts): string[] {
  return findingsOf(check, facts).map(
    ({ status, reason }) => `${status} ${reason}`,
  );
}

/** A state of a database: its name, what differs from a fence that holds, and what the check must say. */
export type Row = readonly [
  name: string,
  changes: Partial<Facts> | ((healthy: Facts) => Partial<Facts>),
  verdicts: readonly string[],
];

/** One test for each state; `healthy` is asked when a test runs. */
export function judgesStates(
  check: Check,
  healthy: () => Facts,
  rows: readonly Row[],
) {
  it.each(rows)('%s', (_name, changes, verdicts) => {
    const facts = healthy();
    const changed = typeof changes === 'function' ? changes(facts) : changes;
    expect(verdictsOf(check, { ...facts, ...changed })).toEqual(verdicts);
  });
}
