import type { CqlRing } from '../ring';
import type { CassandraRingOptions } from './types';

/** Starts a ring of real Cassandra nodes, one JVM each, none of which outlives this process. */
export function startCassandraRing(_options: CassandraRingOptions): CqlRing {
  throw new Error('not built yet');
}
