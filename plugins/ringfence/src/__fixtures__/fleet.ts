import type {
  FindingStatus,
  FleetRow,
} from '@ringfence/backstage-plugin-ringfence-common';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A database whose fence holds. */
export function fleetRow(over: Partial<FleetRow> = {}, now = new Date()) {
  const name = over.name ?? over.namespace ?? 'orders';
  const row: FleetRow = {
    kubernetesCluster: 'sandbox',
    namespace: name,
    name,
    blueprint: 'scylladb-ambient',
    blueprintTitle: 'ScyllaDB, ambient mesh',
    owner: 'group:default/payments',
    state: 'ready',
    version: '2026.2',
    replicas: 3,
    status: 'ok',
    headline: 'Fenced',
    // An hour more, so that it is still 61 days when a slow test looks.
    certificateNotAfter: new Date(
      now.getTime() + 61 * DAY_MS + 3_600_000,
    ).toISOString(),
    observedAt: new Date(now.getTime() - 120_000).toISOString(),
    ...over,
  };
  return row;
}

/** One of each sort. */
export function fleet(now = new Date()): FleetRow[] {
  const inDays = (days: number) =>
    new Date(now.getTime() + days * DAY_MS + 3_600_000).toISOString();
  return [
    fleetRow({ name: 'orders' }, now),
    fleetRow(
      {
        name: 'billing',
        kubernetesCluster: 'eu-1',
        owner: 'group:default/finance',
        status: 'warning',
        headline: 'Fenced, renew soon',
        certificateNotAfter: inDays(3),
      },
      now,
    ),
    fleetRow(
      {
        name: 'carts',
        kubernetesCluster: 'eu-1',
        blueprint: 'cassandra-sidecar',
        blueprintTitle: 'Cassandra, sidecar mesh',
        version: '5.0.6',
        status: 'failing',
        headline: 'Open: plaintext from "billing/api"',
      },
      now,
    ),
    fleetRow(
      {
        name: 'stock',
        kubernetesCluster: 'us-2',
        status: 'unknown',
        headline: 'Kubernetes cluster "us-2" did not answer in 5 s',
        certificateNotAfter: undefined,
        observedAt: undefined,
      },
      now,
    ),
    fleetRow(
      {
        name: 'archive',
        state: 'retained',
        status: 'unknown',
        headline: 'Its pods are gone',
        certificateNotAfter: inDays(-2),
      },
      now,
    ),
  ];
}

const STATUSES: readonly FindingStatus[] = [
  'ok',
  'ok',
  'ok',
  'warning',
  'failing',
  'unknown',
];

/** As many as asked for, of every status. */
export function manyDatabases(count: number): FleetRow[] {
  return Array.from({ length: count }, (_, index) => {
    const status = STATUSES[index % STATUSES.length];
    return fleetRow({
      name: `db-${String(index).padStart(4, '0')}`,
      kubernetesCluster: `eu-${(index % 7) + 1}`,
      owner: `group:default/team-${index % 40}`,
      status,
      headline: status === 'ok' ? 'Fenced' : `Not fenced: ${status}`,
    });
  });
}
