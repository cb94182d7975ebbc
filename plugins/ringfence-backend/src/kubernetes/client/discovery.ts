import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import type {
  Discovery,
  ServedApi,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiServer } from './ApiServer';

/** Everything in two requests, from Kubernetes 1.26 on. */
const AGGREGATED = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

const context = { verb: 'get', resource: 'API discovery' };

/** Asks what is served. */
export async function discover(api: ApiServer): Promise<Discovery> {
  const [version, core, groups] = await Promise.all([
    api.request({ path: '/version', context }),
    discoverRoot(api, '/api'),
    discoverRoot(api, '/apis'),
  ]);
  return { version: version.gitVersion, apis: [...core, ...groups] };
}

async function discoverRoot(
  api: ApiServer,
  path: '/api' | '/apis',
): Promise<ServedApi[]> {
  const answer = await api.request({ path, accept: AGGREGATED, context });
  if (answer.kind === 'APIGroupDiscoveryList') return fromAggregated(answer);
  const groupVersions: string[] =
    path === '/api'
      ? answer.versions
      : answer.groups.flatMap((group: any) =>
          group.versions.map((version: any) => version.groupVersion),
        );
  const lists = await Promise.all(
    groupVersions.map(groupVersion => discoverVersion(api, groupVersion)),
  );
  return lists.flat();
}

function fromAggregated(answer: any): ServedApi[] {
  return answer.items.flatMap((group: any) =>
    (group.versions ?? []).flatMap((version: any) =>
      (version.resources ?? []).map((resource: any) => ({
        group: group.metadata.name ?? '',
        version: version.version,
        kind: resource.responseKind.kind,
        plural: resource.resource,
        namespaced: resource.scope === 'Namespaced',
      })),
    ),
  );
}

/**
 * The kinds of one version.
 *
 * @returns none where the version is not served, or its own server does not answer
 */
export async function discoverVersion(
  api: ApiServer,
  apiVersion: string,
): Promise<ServedApi[]> {
  const [group, version] = splitApiVersion(apiVersion);
  try {
    const path = group ? `/apis/${group}/${version}` : `/api/${version}`;
    const answer = await api.request({ path, context });
    return answer.resources
      .filter((resource: any) => !resource.name.includes('/'))
      .map((resource: any) => ({
        group,
        version,
        kind: resource.kind,
        plural: resource.name,
        namespaced: resource.namespaced,
      }));
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    // One aggregated API server that is down must not hide all others.
    const isAggregated = group.includes('.') && isFromBehind(error);
    if (isAggregated) return [];
    throw error;
  }
}

function isFromBehind(error: unknown): boolean {
  return (
    error instanceof ServiceUnavailableError &&
    !error.message.includes('cannot be reached')
  );
}

/** `apps/v1` is group `apps`, version `v1`; `v1` is of the core group, ''. */
function splitApiVersion(apiVersion: string): [string, string] {
  const [first, second] = apiVersion.split('/');
  return second === undefined ? ['', first] : [first, second];
}
