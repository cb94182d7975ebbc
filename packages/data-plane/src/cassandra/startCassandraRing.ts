import type { CqlRing } from '../ring';
import { CassandraRing } from './CassandraRing';
import type { CassandraRingOptions } from './types';

/** Starts a ring of real Cassandra nodes, one JVM each, none of which outlives this process. */
export function startCassandraRing(options: CassandraRingOptions): CqlRing {
  return new CassandraRing(options);
}
