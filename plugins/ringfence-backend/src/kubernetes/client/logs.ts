import { InputError } from '@backstage/errors';
import type {
  KubernetesCluster,
  PodRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiServer } from './ApiServer';

/** More than this is no tail; a line may be long. */
const MAX_BYTES = 1024 * 1024;

type Options = Parameters<NonNullable<KubernetesCluster['logs']>>[1];

/** The last lines of a container's log; empty where it was never started before and that is asked for. */
export async function readLogs(
  api: ApiServer,
  { namespace, pod, container }: PodRef,
  { tailLines, previous = false, signal }: Options,
): Promise<string> {
  try {
    return await api.readText({
      path: `/api/v1/namespaces/${encodeURIComponent(
        namespace,
      )}/pods/${encodeURIComponent(pod)}/log`,
      query: {
        container,
        tailLines: String(tailLines),
        limitBytes: String(MAX_BYTES),
        previous: previous ? 'true' : undefined,
      },
      accept: 'text/plain, */*',
      signal,
      context: { verb: 'get', resource: 'pods/log', namespace, name: pod },
    });
  } catch (error) {
    // That is how the API server says that there was no container before.
    if (previous && error instanceof InputError) return '';
    throw error;
  }
}
