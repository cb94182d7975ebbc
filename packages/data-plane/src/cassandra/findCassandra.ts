import { findJavaProgram } from './mavenJars';
import type {
  CassandraInstallation,
  CassandraUnavailable,
  FindCassandraOptions,
} from './types';

/** Looks for what Cassandra needs, and fetches Cassandra itself once. */
export async function findCassandra(
  options: FindCassandraOptions,
): Promise<CassandraInstallation | CassandraUnavailable> {
  const { platform = process.platform } = options;
  if (platform !== 'linux') {
    return {
      available: false,
      why: `a real ring needs Linux, this is ${platform}: only there every address of 127.0.0.0/8 can be listened on without further ado`,
    };
  }
  return findJavaProgram(
    {
      name: 'Cassandra',
      folder: 'cassandra',
      artifact: 'cassandra-all',
      size: '67 MB',
    },
    options,
  );
}
