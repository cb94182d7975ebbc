import type {
  CassandraInstallation,
  CassandraUnavailable,
  FindCassandraOptions,
} from './types';

/** Looks for what Cassandra needs, and fetches Cassandra itself once. */
export async function findCassandra(
  _options: FindCassandraOptions,
): Promise<CassandraInstallation | CassandraUnavailable> {
  throw new Error('not built yet');
}
