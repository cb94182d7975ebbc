import { isError } from '@backstage/errors';
import type { Databases } from '../databases/Databases';
import type { DatabaseResource } from './resource';

/** The databases of these refs, in their order; undefined where there is none. */
export function findDatabases(
  databases: Pick<Databases, 'get'>,
  refs: readonly string[],
): Promise<Array<DatabaseResource | undefined>> {
  return Promise.all(
    refs.map(async text => {
      const [kubernetesCluster, namespace, ...rest] = text.split('/');
      if (!kubernetesCluster || !namespace || rest.length > 0) return undefined;
      try {
        return await databases.get({ kubernetesCluster, namespace });
      } catch (error) {
        if (isError(error) && error.name === 'NotFoundError') return undefined;
        throw error;
      }
    }),
  );
}
