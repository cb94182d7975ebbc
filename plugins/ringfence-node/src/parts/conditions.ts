import type { KubernetesObject } from '../kubernetes';

/** A status condition, as most kinds have them. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** The condition of a type in a list of conditions. */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

/** Whether a condition is True, and of the object's present generation where it says of which. */
export function holds(
  condition: Condition | undefined,
  object: KubernetesObject,
): boolean {
  return condition?.status === 'True' && !isStale(condition, object);
}

function isStale(condition: Condition, object: KubernetesObject): boolean {
  const { generation } = object.metadata;
  return (
    generation !== undefined &&
    condition.observedGeneration !== undefined &&
    condition.observedGeneration < generation
  );
}

/**
 * A condition in a line: `Programmed=False (AddressNotAssigned): address pending`.
 *
 * @param object - whose condition it is; one of an earlier generation is told as such
 */
export function describeCondition(
  type: string,
  condition: Condition | undefined,
  object?: KubernetesObject,
): string {
  if (!condition) return `no condition ${type} yet`;
  const reason = condition.reason ? ` (${condition.reason})` : '';
  const message = condition.message ? `: ${condition.message}` : '';
  const text = `${type}=${condition.status}${reason}${message}`;
  if (!object || !isStale(condition, object)) return text;
  return `its controller has not looked at generation ${object.metadata.generation} yet; of generation ${condition.observedGeneration} it said ${text}`;
}
