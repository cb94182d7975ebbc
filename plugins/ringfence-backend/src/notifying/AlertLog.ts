import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { Knex } from 'knex';

const TABLE = 'open_alerts';

interface AlertRow {
  kubernetes_cluster: string;
  namespace: string;
  cause: string;
  level: number;
  raised_at: string;
}

/**
 * Which alerts are open. Its rows decide which replica of the portal tells of
 * one: each of its changes succeeds for one of them only.
 */
export class AlertLog {
  readonly #knex: Knex;

  private constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** The tables are those of `History`, which must have been made before. */
  static async create(database: DatabaseService): Promise<AlertLog> {
    return new AlertLog(await database.getClient());
  }

  /**
   * Opens an alert, or makes an open one more urgent.
   *
   * @returns whether this call did it: then it is the caller's to tell
   */
  async raise(
    ref: DatabaseRef,
    alert: { readonly cause: string; readonly level: number },
    now: Date,
  ): Promise<boolean> {
    const { cause, level } = alert;
    const key = { ...keyOf(ref), cause };
    const raised_at = now.toISOString();
    const sharpened = await this.#table()
      .where(key)
      .where('level', '>', level)
      .update({ level, raised_at });
    if (sharpened > 0) return true;
    if (await this.#table().where(key).first()) return false;
    try {
      await this.#table().insert({ ...key, level, raised_at });
      return true;
    } catch (error) {
      // Another replica was faster by a moment.
      if (await this.#table().where(key).first()) return false;
      throw error;
    }
  }

  /** @returns whether this call closed it */
  async close(ref: DatabaseRef, cause: string): Promise<boolean> {
    const closed = await this.#table()
      .where({ ...keyOf(ref), cause })
      .delete();
    return closed > 0;
  }

  /** Causes of the open alerts on a database. */
  async list(ref: DatabaseRef): Promise<string[]> {
    const rows = await this.#table().where(keyOf(ref)).orderBy('cause');
    return rows.map(({ cause }) => cause);
  }

  #table() {
    return this.#knex<AlertRow>(TABLE);
  }
}

function keyOf({ kubernetesCluster, namespace }: DatabaseRef) {
  return { kubernetes_cluster: kubernetesCluster, namespace };
}
