import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** A condition without its time. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

type Stored = Condition & { lastTransitionTime?: string };

/** RFC 3339 to the second, as Kubernetes writes times. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/**
 * Conditions for a status: each keeps the time of `before` while its status
 * stays, so that writing the same again changes nothing.
 */
export function withConditions(
  before: readonly Stored[] | undefined,
  conditions: readonly Condition[],
  options: { generation?: number; now: Date },
) {
  return conditions.map(condition => {
    const old = before?.find(candidate => candidate.type === condition.type);
    return {
      ...condition,
      ...(options.generation !== undefined && {
        observedGeneration: options.generation,
      }),
      lastTransitionTime:
        old?.status === condition.status && old.lastTransitionTime
          ? old.lastTransitionTime
          : timestamp(options.now),
    };
  });
}

/** The condition of that type. */
export function conditionOf(
  object: KubernetesObject | undefined,
  type: string,
): Stored | undefined {
  return object?.status?.conditions?.find(
    (condition: Stored) => condition.type === type,
  );
}

/** Whether the condition of that type is `True`. */
export function isTrue(object: KubernetesObject | undefined, type: string) {
  return conditionOf(object, type)?.status === 'True';
}
