import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { notKnown } from '../../../observing/look';

/** What is known of the nodes' logs; not looked at where nobody has. */
export function logMarksOf(facts: Facts): NonNullable<Facts['logMarks']> {
  return facts.logMarks ?? notKnown('the logs were not read', facts.gatheredAt);
}

/** Pods whose log shows one of these marks; none where logs are not known. */
export function podsWith(facts: Facts, ...names: string[]): string[] {
  const marks = logMarksOf(facts);
  if (!marks.known) return [];
  const pods = marks.value
    .filter(({ name }) => names.includes(name))
    .map(({ pod }) => pod);
  return [...new Set(pods)];
}
