import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';

/** A condition as Kubernetes objects carry them. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

/** A condition of an object, of a listener or of a route's parent. */
export function findCondition(
  owner: { conditions?: readonly Condition[] } | undefined,
  type: string,
): Condition | undefined {
  return owner?.conditions?.find(condition => condition.type === type);
}

/** Whether a pod takes traffic. */
export function isPodReady(pod: KubernetesObject): boolean {
  return (
    !pod.metadata.deletionTimestamp &&
    findCondition(pod.status, 'Ready')?.status === 'True'
  );
}

/** Addresses of a pod, of both families where it has two. */
export function podAddresses(pod: KubernetesObject): string[] {
  const all: string[] = (pod.status?.podIPs ?? []).map(
    ({ ip }: { ip: string }) => ip,
  );
  const first: string | undefined = pod.status?.podIP;
  return first && !all.includes(first) ? [first, ...all] : all;
}

/** Whether every label of `selector` is on the object. */
export function hasLabels(
  object: KubernetesObject,
  selector: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(
    ([key, value]) => object.metadata.labels?.[key] === value,
  );
}

/**
 * Whether a policy's selector takes in all of the database's pods. Their real
 * labels are asked; before there is a pod, those that the blueprint gives.
 */
export function selectsAllPods(
  facts: Facts,
  selector: Readonly<Record<string, string>>,
): boolean {
  const pods = facts.pods.known ? facts.pods.value : [];
  if (pods.length > 0) return pods.every(pod => hasLabels(pod, selector));
  return Object.entries(selector).every(
    ([key, value]) => facts.observation.podLabels[key] === value,
  );
}

/** `Kind namespace/name`, or `Kind name` for a kind without namespace. */
export function objectText(object: {
  kind: string;
  name?: string;
  namespace?: string;
  metadata?: { name: string; namespace?: string };
}): string {
  const { name, namespace } = object.metadata ?? object;
  return namespace
    ? `${object.kind} "${namespace}/${name}"`
    : `${object.kind} "${name}"`;
}
