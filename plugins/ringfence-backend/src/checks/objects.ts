import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Labels of an object, or those that a selector asks for. */
export type Labels = Readonly<Record<string, string>>;

/** A condition as Kubernetes objects carry them. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  /** Absent where its controller does not say; some write it as a text. */
  readonly observedGeneration?: number | string;
}

/** A condition of an object, of a listener or of a route's parent. */
export function findCondition(
  owner: { conditions?: readonly Condition[] } | undefined,
  type: string,
): Condition | undefined {
  return owner?.conditions?.find(condition => condition.type === type);
}

/** Whether a condition speaks of an older spec than the object has now. */
export function isOutdated(
  { observedGeneration }: Condition,
  { metadata }: KubernetesObject,
): boolean {
  return (
    observedGeneration !== undefined &&
    metadata.generation !== undefined &&
    Number(observedGeneration) < metadata.generation
  );
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
  return matches(object.metadata.labels ?? {}, selector);
}

/**
 * Whether a policy's selector takes in all of the database's pods. Their real
 * labels are asked; before there is a pod, those that the blueprint gives.
 */
export function selectsAllPods(
  facts: Facts,
  selector: Readonly<Record<string, string>>,
): boolean {
  return podLabelsOf(facts).every(labels => matches(labels, selector));
}

/** Whether a policy's selector takes in any of the database's pods. */
export function selectsSomePods(
  facts: Facts,
  selector: Readonly<Record<string, string>>,
): boolean {
  return podLabelsOf(facts).some(labels => matches(labels, selector));
}

/** The Services that select any of the database's pods; one without a selector selects nothing. */
export function servicesOfPods(facts: Facts): KubernetesObject[] {
  const services = facts.services.known ? facts.services.value : [];
  return services.filter(({ spec }) => {
    const selector: Labels = spec?.selector ?? {};
    return Object.keys(selector).length > 0 && selectsSomePods(facts, selector);
  });
}

/** Whether Ringfence made the object, by its label. */
export function isPartOfDatabase({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.['app.kubernetes.io/managed-by'] === 'ringfence';
}

/** The labels of each of the database's pods; before there is one, those that the blueprint gives. */
export function podLabelsOf(facts: Facts): Labels[] {
  const pods = facts.pods.known ? facts.pods.value : [];
  return pods.length > 0
    ? pods.map(({ metadata }) => metadata.labels ?? {})
    : [facts.observation.podLabels];
}

/** Whether every label of `selector` is among `labels`. */
export function matches(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(
    ([key, value]) => labels[key] === value,
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
