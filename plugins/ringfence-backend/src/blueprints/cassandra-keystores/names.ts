import {
  serviceHosts,
  type Named,
} from '@ringfence/backstage-plugin-ringfence-node';

/** What runs, as in the label `app.kubernetes.io/name`; cass-operator gives its pods the same. */
export const APPLICATION = 'cassandra';
/** Name that cass-operator gives Cassandra's container. */
export const CONTAINER = 'cassandra';
/** The rack that cass-operator makes where none is named. */
const RACK = 'default';

/** Ports of a node, as cass-operator's image has them. */
export const PORTS = {
  cql: 9042,
  storage: 7000,
  storageTls: 7001,
  managementApi: 8080,
  metrics: 9000,
} as const;

/**
 * Names of what cass-operator makes of CassandraDatacenter `<name>` in the
 * cluster of the same name.
 *
 * @see https://github.com/k8ssandra/cass-operator, pkg/reconciliation
 */
export const operatorNames = {
  statefulSet: ({ name }: Named) => `${name}-${name}-${RACK}-sts`,
  pod: (spec: Named, ordinal: number) =>
    `${operatorNames.statefulSet(spec)}-${ordinal}`,
  /** Leads to ready nodes. */
  service: ({ name }: Named) => `${name}-${name}-service`,
  /** Leads to all of them, and gives each a name. */
  allPodsService: ({ name }: Named) => `${name}-${name}-all-pods-service`,
  seedService: ({ name }: Named) => `${name}-seed-service`,
} as const;

/** Labels by which cass-operator selects the nodes. */
export function nodeLabels({ name }: Named): Record<string, string> {
  return {
    'cassandra.datastax.com/cluster': name,
    'cassandra.datastax.com/datacenter': name,
  };
}

/** The name that clients inside the Kubernetes cluster dial. */
export function clientHost(spec: Named): string {
  const [, fullName] = serviceHosts(
    operatorNames.service(spec),
    spec.namespace,
  );
  return fullName;
}
