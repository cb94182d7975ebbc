import type { Finding } from '@ringfence/backstage-plugin-ringfence-common';
import type { Check, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { runChecks } from '../runChecks';
import { NOW } from './certificates';

/** What one check finds in these facts, the way a report asks it. */
export function findingsOf(check: Check, facts: Facts): Finding[] {
  return runChecks([check], facts, NOW);
}

/** A state of a database: its name, what differs from a fence that holds, and what the check must say. */
export type Row = readonly [
  name: string,
  changes: Partial<Facts> | ((healthy: Facts) => Partial<Facts>),
  verdicts: readonly string[],
];

/** The same as a table tells it, after `changes`: `failing Expired`. */
export function verdictsOf(
  check: Check,
  facts: Facts,
  changes: Row[1] = {},
): string[] {
  const changed = typeof changes === 'function' ? changes(facts) : changes;
  return findingsOf(check, { ...facts, ...changed }).map(
    ({ status, reason }) => `${status} ${reason}`,
  );
}
