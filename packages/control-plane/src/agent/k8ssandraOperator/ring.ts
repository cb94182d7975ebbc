import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** k8ssandra-operator's kind of a database. */
export const CLUSTERS = {
  apiVersion: 'k8ssandra.io/v1alpha1',
  kind: 'K8ssandraCluster',
} as const;

/** What it keeps objects of its own with until it has cleaned up. */
export const FINALIZER = 'k8ssandracluster.k8ssandra.io/finalizer';

const PREFIX = 'k8ssandra.io';
const CONTROLLER = 'k8ssandracluster-controller';

/** A reference to one key of a Secret. */
export interface SecretKeyRef {
  readonly name: string;
  readonly key?: string;
}

/** Where one side's stores and their passwords are. */
export interface EncryptionStores {
  readonly keystoreSecretRef: SecretKeyRef;
  readonly truststoreSecretRef: SecretKeyRef;
  readonly keystorePasswordSecretRef?: SecretKeyRef;
  readonly truststorePasswordSecretRef?: SecretKeyRef;
}

/** What is read of a K8ssandraCluster. */
export interface Ring {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly name: string;
  /** As Cassandra and cass-operator call it. */
  readonly clusterName: string;
  readonly superuserSecret: string;
  /** Whether the superuser's Secret is made here. */
  readonly makesSuperuser: boolean;
  readonly hasReaper: boolean;
  readonly hasAuth: boolean;
  readonly datacenters: readonly RingDatacenter[];
}

/** One of its datacenters: what it says itself goes before what holds for all. */
export interface RingDatacenter {
  readonly name: string;
  readonly size: number;
  readonly stopped: boolean;
  readonly options: Readonly<Record<string, any>>;
  readonly metadata: Readonly<Record<string, any>>;
}

/** @param object - a K8ssandraCluster */
export function readRing(object: KubernetesObject): Ring {
  const { name, namespace } = object.metadata;
  const { cassandra, reaper, auth } = object.spec;
  const named: string | undefined = cassandra.superuserSecretRef?.name;
  return {
    object,
    namespace: namespace!,
    name,
    clusterName: cassandra.clusterName || name,
    superuserSecret: named || `${name}-superuser`,
    makesSuperuser: !named,
    hasReaper: Boolean(reaper),
    hasAuth: auth !== false,
    datacenters: cassandra.datacenters.map((it: any) =>
      readDatacenter(cassandra, it),
    ),
  };
}

function readDatacenter(
  { datacenters, metadata: common = {}, ...shared }: Record<string, any>,
  { metadata, size, stopped = false, ...own }: Record<string, any>,
): RingDatacenter {
  return {
    name: metadata.name,
    size,
    stopped,
    options: merge(shared, own),
    metadata: {
      ...metadata,
      commonLabels: { ...common.commonLabels, ...metadata.commonLabels },
      pods: merge(common.pods ?? {}, metadata.pods ?? {}),
      services: merge(common.services ?? {}, metadata.services ?? {}),
    },
  };
}

function merge(
  below: Record<string, any>,
  above: Record<string, any>,
): Record<string, any> {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    merged[key] =
      isObject(value) && isObject(below[key])
        ? merge(below[key], value)
        : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NAME_LABEL = `${PREFIX}/cluster-name`;
const NAMESPACE_LABEL = `${PREFIX}/cluster-namespace`;

/** Labels by which the operator finds what belongs to a ring. */
export function ringLabels({ name, namespace }: Ring): Record<string, string> {
  return { [NAME_LABEL]: name, [NAMESPACE_LABEL]: namespace };
}

/** Whose an object is, by these labels. */
export function ringOf({ metadata }: KubernetesObject): string[] {
  const { [NAME_LABEL]: name, [NAMESPACE_LABEL]: namespace } =
    metadata.labels ?? {};
  return name ? [`${namespace}/${name}`] : [];
}

/** Labels of the Secrets that it makes. */
export function replicatedLabels(ring: Ring): Record<string, string> {
  return { ...ringLabels(ring), [`${PREFIX}/replicated-by`]: CONTROLLER };
}

/** Labels of what it makes for Cassandra. */
export function componentLabels(ring: Ring): Record<string, string> {
  return {
    'app.kubernetes.io/component': 'cassandra',
    'app.kubernetes.io/name': 'k8ssandra-operator',
    'app.kubernetes.io/part-of': 'k8ssandra',
    ...ringLabels(ring),
  };
}

/** Labels of a datacenter, which has no owner: it may be in another Kubernetes cluster. */
export function datacenterLabels(ring: Ring): Record<string, string> {
  return { ...componentLabels(ring), [`${PREFIX}/cleaned-up-by`]: CONTROLLER };
}

/** Of a contact-points Service: which datacenter's. */
export const DATACENTER_LABEL = `${PREFIX}/datacenter`;

/** Where a datacenter's collector of metrics has its configuration. */
export function metricsConfigName(ring: Ring, datacenter: string): string {
  return `${ring.name}-${datacenter}-metrics-agent-config`;
}
