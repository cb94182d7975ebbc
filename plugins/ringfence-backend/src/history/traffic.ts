import type {
  DatabaseRef,
  TrafficPoint,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Knex } from 'knex';

interface TrafficRow {
  kubernetes_cluster: string;
  namespace: string;
  at: string;
  mutual_tls_bytes: number;
  plaintext_bytes: number;
}

const TABLE = 'traffic_samples';

/** Notes how much traffic there was since the note before. */
export async function recordTraffic(
  knex: Knex,
  { kubernetesCluster, namespace }: DatabaseRef,
  point: TrafficPoint,
): Promise<void> {
  await knex<TrafficRow>(TABLE)
    .insert({
      kubernetes_cluster: kubernetesCluster,
      namespace,
      at: point.at,
      mutual_tls_bytes: point.mutualTlsBytes,
      plaintext_bytes: point.plaintextBytes,
    })
    .onConflict(['kubernetes_cluster', 'namespace', 'at'])
    .merge();
}

/** Traffic to a database since a moment, oldest first. */
export async function listTraffic(
  knex: Knex,
  { kubernetesCluster, namespace }: DatabaseRef,
  since: Date,
): Promise<TrafficPoint[]> {
  const rows = await knex<TrafficRow>(TABLE)
    .where({ kubernetes_cluster: kubernetesCluster, namespace })
    .where('at', '>=', since.toISOString())
    .orderBy('at');
  return rows.map(row => ({
    at: row.at,
    mutualTlsBytes: Number(row.mutual_tls_bytes),
    plaintextBytes: Number(row.plaintext_bytes),
  }));
}

/** Forgets what is older than a moment. */
export async function pruneTraffic(knex: Knex, before: Date): Promise<void> {
  await knex<TrafficRow>(TABLE).where('at', '<', before.toISOString()).delete();
}
