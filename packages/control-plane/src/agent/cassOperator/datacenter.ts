import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';

/** cass-operator's kind of a ring. */
export const DATACENTERS = {
  apiVersion: 'cassandra.datastax.com/v1beta1',
  kind: 'CassandraDatacenter',
} as const;

/** The one rack of a datacenter that names none. */
const RACK = 'default';
const PREFIX = 'cassandra.datastax.com';

/** Labels by which cass-operator knows its own objects. */
export const OPERATOR_LABELS = {
  cluster: `${PREFIX}/cluster`,
  datacenter: `${PREFIX}/datacenter`,
  rack: `${PREFIX}/rack`,
  nodeState: `${PREFIX}/node-state`,
  seedNode: `${PREFIX}/seed-node`,
} as const;

/** What is read of a CassandraDatacenter, and how its objects are called. */
export interface Datacenter {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly name: string;
  /** In names and labels. */
  readonly cluster: string;
  readonly version: string;
  readonly size: number;
  readonly statefulSet: string;
  readonly superuserSecret: string;
}

/** @param object - a CassandraDatacenter */
export function readDatacenter(object: KubernetesObject): Datacenter {
  const { name, namespace } = object.metadata;
  const { clusterName, serverVersion, size, stopped, superuserSecretName } =
    object.spec;
  const cluster = String(clusterName).toLowerCase();
  return {
    object,
    namespace: namespace!,
    name,
    cluster,
    version: serverVersion,
    size: stopped ? 0 : size,
    statefulSet: `${cluster}-${name}-${RACK}-sts`,
    superuserSecret: superuserSecretName || `${cluster}-superuser`,
  };
}

/** Labels that select its nodes. */
export function datacenterLabels({
  cluster,
  name,
}: Datacenter): Record<string, string> {
  return {
    [OPERATOR_LABELS.cluster]: cluster,
    [OPERATOR_LABELS.datacenter]: name,
  };
}

/** Labels that select the nodes of its rack. */
export function rackLabels(datacenter: Datacenter): Record<string, string> {
  return { ...datacenterLabels(datacenter), [OPERATOR_LABELS.rack]: RACK };
}

/** Labels of every object that is made for it, without those that select. */
export function commonLabels({
  cluster,
  version,
  object,
}: Datacenter): Record<string, string> {
  return {
    'app.kubernetes.io/created-by': 'cass-operator',
    'app.kubernetes.io/instance': `cassandra-${cluster}`,
    'app.kubernetes.io/managed-by': 'cass-operator',
    'app.kubernetes.io/name': 'cassandra',
    'app.kubernetes.io/version': version,
    ...object.spec.additionalLabels,
  };
}

/** Metadata of an object that goes with its datacenter. */
export function ownedMetadata(
  { object, namespace, name }: Datacenter,
  own: { readonly name: string; readonly labels: Record<string, string> },
): Manifest['metadata'] {
  return {
    ...own,
    namespace,
    ownerReferences: [
      {
        ...DATACENTERS,
        controller: true,
        name,
        uid: object.metadata.uid!,
      },
    ],
  };
}
