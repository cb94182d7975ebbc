import {
  serviceHosts,
  type Named,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { DatacenterSpec } from './schemas';
import type { K8ssandraSpec } from './spec';

/** What runs, as in the label `app.kubernetes.io/name`; cass-operator gives its pods the same. */
export const APPLICATION = 'cassandra';
/** Name that cass-operator gives Cassandra's container. */
export const CONTAINER = 'cassandra';
/** The rack that cass-operator makes where none is named. */
const RACK = 'default';

/** The operators' kinds. */
export const OPERATOR_KINDS = {
  cluster: { apiVersion: 'k8ssandra.io/v1alpha1', kind: 'K8ssandraCluster' },
  datacenter: {
    apiVersion: 'cassandra.datastax.com/v1beta1',
    kind: 'CassandraDatacenter',
  },
  backupSchedule: {
    apiVersion: 'medusa.k8ssandra.io/v1alpha1',
    kind: 'MedusaBackupSchedule',
  },
  replicatedSecret: {
    apiVersion: 'replication.k8ssandra.io/v1alpha1',
    kind: 'ReplicatedSecret',
  },
} as const;

/** Ports of a node, as cass-operator's image has them. */
export const PORTS = {
  cql: 9042,
  storage: 7000,
  storageTls: 7001,
  managementApi: 8080,
  metrics: 9000,
} as const;

/** Names of what Ringfence makes besides what every ring with stores has. */
export const ownNames = {
  /** Of Medusa's client certificate and its Secret. */
  medusaCertificate: ({ name }: Named) => `${name}-medusa-tls`,
  /** Of the Secret with several CAs, while one takes another's place. */
  trust: ({ name }: Named, side: 'client' | 'internode') =>
    side === 'client' ? `${name}-trust` : `${name}-internode-trust`,
  /** Of the ReplicatedSecret that brings the stores to other contexts. */
  replicated: ({ name }: Named) => `${name}-stores`,
  /** Of the backup schedule of a datacenter. */
  schedule: ({ name }: Named, datacenter: DatacenterSpec) =>
    `${name}-${datacenter.name}-backup`,
} as const;

/**
 * Names of what the operators make of K8ssandraCluster `<name>`.
 *
 * @see https://github.com/k8ssandra/cass-operator, pkg/reconciliation
 */
export const operatorNames = {
  statefulSet: (
    { name }: Named,
    datacenter: DatacenterSpec,
    rack: string = racksOf(datacenter)[0],
  ) => `${name}-${datacenter.name}-${rack}-sts`,
  pod: (spec: Named, datacenter: DatacenterSpec, ordinal: number) =>
    `${operatorNames.statefulSet(spec, datacenter)}-${ordinal}`,
  /** Leads to ready nodes of a datacenter. */
  service: ({ name }: Named, { name: datacenter }: DatacenterSpec) =>
    `${name}-${datacenter}-service`,
  /** Leads to all of them, and gives each a name. */
  allPodsService: ({ name }: Named, { name: datacenter }: DatacenterSpec) =>
    `${name}-${datacenter}-all-pods-service`,
} as const;

/** The racks of a datacenter, also where none is named. */
export function racksOf({ racks = [] }: DatacenterSpec): readonly string[] {
  return racks.length > 0 ? racks.map(({ name }) => name) : [RACK];
}

/** The datacenter that Ringfence speaks with: it is in the Kubernetes cluster of the object itself. */
export function firstDatacenter({ datacenters }: K8ssandraSpec) {
  return datacenters[0];
}

/** Those in the Kubernetes cluster of the object itself, which Ringfence sees. */
export function localDatacenters({ datacenters }: K8ssandraSpec) {
  return datacenters.filter(({ k8sContext }) => k8sContext === undefined);
}

/** Contexts of other Kubernetes clusters with datacenters in them. */
export function remoteContexts({ datacenters }: K8ssandraSpec): string[] {
  const contexts = datacenters.flatMap(({ k8sContext }) => k8sContext ?? []);
  return [...new Set(contexts)];
}

/** Labels by which the operators select the nodes of all datacenters. */
export function nodeLabels({ name }: Named): Record<string, string> {
  return { 'cassandra.datastax.com/cluster': name };
}

/** The name that clients inside the Kubernetes cluster dial. */
export function clientHost(spec: K8ssandraSpec): string {
  const service = operatorNames.service(spec, firstDatacenter(spec));
  const [, fullName] = serviceHosts(service, spec.namespace);
  return fullName;
}
