import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { Knex } from 'knex';

/** What the probes of a group last found out about a database. */
export interface ProbeResult {
  readonly ref: DatabaseRef;
  /** Such as `gateway`. */
  readonly group: string;
  /** Of the Namespace: one made again is another database. */
  readonly uid: string;
  /** Facts, as JSON. */
  readonly answers: string;
  readonly ranAt: Date;
}

interface ProbeRow {
  kubernetes_cluster: string;
  namespace: string;
  probe_group: string;
  uid: string;
  answers: string;
  ran_at: string;
}

const TABLE = 'probe_results';
/** Rows in one statement: SQLite takes some hundred values. */
const CHUNK = 50;

/** Replaces what was last found out. */
export async function saveProbeResults(
  knex: Knex,
  results: readonly ProbeResult[],
): Promise<void> {
  for (let start = 0; start < results.length; start += CHUNK) {
    const rows = results.slice(start, start + CHUNK).map(toRow);
    await knex<ProbeRow>(TABLE)
      .insert(rows)
      .onConflict(['kubernetes_cluster', 'namespace', 'probe_group'])
      .merge();
  }
}

/** What was found out after a moment, or at it. */
export async function listProbeResults(
  knex: Knex,
  since: Date,
): Promise<ProbeResult[]> {
  const rows = await knex<ProbeRow>(TABLE).where(
    'ran_at',
    '>=',
    since.toISOString(),
  );
  return rows.map(row => ({
    ref: {
      kubernetesCluster: row.kubernetes_cluster,
      namespace: row.namespace,
    },
    group: row.probe_group,
    uid: row.uid,
    answers: row.answers,
    ranAt: new Date(row.ran_at),
  }));
}

/** Forgets what is older than any probe waits for its next turn. */
export async function pruneProbeResults(
  knex: Knex,
  before: Date,
): Promise<void> {
  await knex<ProbeRow>(TABLE)
    .where('ran_at', '<', before.toISOString())
    .delete();
}

function toRow({ ref, group, uid, answers, ranAt }: ProbeResult): ProbeRow {
  return {
    kubernetes_cluster: ref.kubernetesCluster,
    namespace: ref.namespace,
    probe_group: group,
    uid,
    answers,
    ran_at: ranAt.toISOString(),
  };
}
