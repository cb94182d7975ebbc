import type {
  PlatformSummary,
  Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';

/** Whether a Kubernetes cluster can take a database of a blueprint, and what stands against it. */
export interface Eligibility {
  readonly eligible: boolean;
  readonly lacks: Requirement[];
  readonly notes: Requirement[];
}

/** One predicate for the picker and for its validation. */
export function eligibilityOf(
  platform: PlatformSummary,
  blueprint: string,
): Eligibility {
  const unmet = (platform.requirements[blueprint] ?? []).filter(
    requirement => !requirement.met,
  );
  const lacks = unmet.filter(({ level }) => level === 'required');
  const notes = unmet.filter(({ level }) => level === 'note');
  return { eligible: platform.usable && lacks.length === 0, lacks, notes };
}
