import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { Knex } from 'knex';

interface ComparisonsRow {
  kubernetes_cluster: string;
  namespace: string;
  comparisons: string;
  saved_at: string;
}

const TABLE = 'drift_comparisons';

/** How the objects of a database last compared, as JSON; undefined where nobody has compared them. */
export async function readComparisons(
  knex: Knex,
  { kubernetesCluster, namespace }: DatabaseRef,
): Promise<string | undefined> {
  const row = await knex<ComparisonsRow>(TABLE)
    .where({ kubernetes_cluster: kubernetesCluster, namespace })
    .first();
  return row?.comparisons;
}

/** Replaces how they last compared. */
export async function saveComparisons(
  knex: Knex,
  { kubernetesCluster, namespace }: DatabaseRef,
  comparisons: string,
  savedAt: Date,
): Promise<void> {
  await knex<ComparisonsRow>(TABLE)
    .insert({
      kubernetes_cluster: kubernetesCluster,
      namespace,
      comparisons,
      saved_at: savedAt.toISOString(),
    })
    .onConflict(['kubernetes_cluster', 'namespace'])
    .merge();
}

/** Forgets those of databases that nobody has compared for long. */
export async function pruneComparisons(
  knex: Knex,
  before: Date,
): Promise<void> {
  await knex<ComparisonsRow>(TABLE)
    .where('saved_at', '<', before.toISOString())
    .delete();
}
