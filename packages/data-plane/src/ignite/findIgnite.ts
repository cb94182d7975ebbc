import { findJavaProgram, type JavaInstallation } from '../cassandra/mavenJars';
import type { FindCassandraOptions } from '../cassandra/types';

/** Everything needed to run Ignite on this machine. */
export type IgniteInstallation = JavaInstallation;

/** Looks for what Ignite needs, and fetches Ignite itself once. */
export function findIgnite(
  options: Pick<FindCassandraOptions, 'log' | 'signal' | 'cacheDir'>,
): Promise<IgniteInstallation | { readonly available: false; why: string }> {
  return findJavaProgram(
    {
      name: 'Ignite',
      folder: 'ignite',
      artifact: 'ignite-spring',
      size: '31 MB',
    },
    options,
  );
}
