import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../packageRoot';
import type {
  CassandraInstallation,
  CassandraUnavailable,
} from '../cassandra/types';

/**
 * Looks for Cassandra before tests are collected, so that a test that cannot
 * run here is reported as skipped, with the reason.
 */
export function cassandraHere(): CassandraInstallation | CassandraUnavailable {
  const script = path.join(packageRoot(), 'src/testUtils/printCassandra.ts');
  const printed = execFileSync(
    process.execPath,
    ['--import', 'tsx', script],
    // The options of the test run are not meant for it.
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return JSON.parse(printed);
}
