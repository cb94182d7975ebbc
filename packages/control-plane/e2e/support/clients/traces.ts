import type { Client } from 'cassandra-driver';
import { until } from '../../../src';

const TRACED_WITHIN_MS = 30_000;

/** What was traced. */
export interface Traced {
  /** As the client prepared it; it reads one row. */
  readonly statement: string;
  /** Without its keyspace. */
  readonly table: string;
  /** How many traces there must be: nodes that have much to do drop some. */
  readonly atLeast: number;
}

/** Where the queries of one statement were answered. */
export interface Landed {
  readonly queries: number;
  /** Of these, by how many the node that was asked had the row itself. */
  readonly atTheReplica: number;
}

/**
 * Reads the traces of a statement on a table with one replica of each row. What
 * else a node asks others for, such as whether the role may read, does not count.
 *
 * @param driver - may read traces
 */
export async function readLanded(
  driver: Client,
  { statement, table, atLeast }: Traced,
): Promise<Landed> {
  const landed = async (): Promise<boolean[]> => {
    const { rows } = await driver.execute(
      'SELECT session_id, coordinator, parameters FROM system_traces.sessions',
    );
    const sessions = rows.filter(
      ({ parameters }) => parameters?.query === statement,
    );
    const readers = await Promise.all(
      sessions.map(async ({ session_id: id, coordinator }) => ({
        reader: await readerOf(driver, id, table),
        asked: String(coordinator),
      })),
    );
    // The preparation is traced, too, and reads nothing.
    return readers
      .filter(({ reader }) => reader !== undefined)
      .map(({ reader, asked }) => reader === asked);
  };
  return until(`${atLeast} traces`, TRACED_WITHIN_MS, async () => {
    const all = await landed();
    if (all.length < atLeast) return false;
    return { queries: all.length, atTheReplica: all.filter(Boolean).length };
  });
}

/** The node that read the row, once that was traced. */
async function readerOf(
  driver: Client,
  session: unknown,
  table: string,
): Promise<string | undefined> {
  const { rows } = await driver.execute(
    'SELECT source, activity FROM system_traces.events WHERE session_id = ?',
    [session],
    { prepare: true },
  );
  const read = rows.find(({ activity }) =>
    activity.startsWith(`Executing single-partition query on ${table}`),
  );
  return read && String(read.source);
}
