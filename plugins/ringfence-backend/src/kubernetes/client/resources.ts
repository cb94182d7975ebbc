import { InputError, NotFoundError } from '@backstage/errors';
import type { ServedApi } from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiServer } from './ApiServer';
import { discoverVersion } from './discovery';

/** How long "not served" is believed: a CRD may be installed at any time. */
const NOT_SERVED_MAX_AGE_MS = 5_000;

/** Finds the paths of kinds; what a kind is called in them does not change. */
export class ApiResources {
  readonly #api: ApiServer;
  readonly #versions = new Map<
    string,
    { readonly apis: readonly ServedApi[]; readonly atMs: number }
  >();

  constructor(api: ApiServer) {
    this.#api = api;
  }

  /** @returns undefined where the kind is not served */
  async find(apiVersion: string, kind: string): Promise<ServedApi | undefined> {
    const known = this.#versions.get(apiVersion);
    const found = known?.apis.find(api => api.kind === kind);
    if (found) return found;
    const now = Date.now();
    if (known && now - known.atMs < NOT_SERVED_MAX_AGE_MS) return undefined;
    const apis = await discoverVersion(this.#api, apiVersion);
    this.#versions.set(apiVersion, { apis, atMs: now });
    return apis.find(api => api.kind === kind);
  }

  /** @throws NotFoundError where the kind is not served */
  async require(apiVersion: string, kind: string): Promise<ServedApi> {
    const api = await this.find(apiVersion, kind);
    if (api) return api;
    throw new NotFoundError(
      `Kind "${kind}" of "${apiVersion}" is not served by Kubernetes cluster "${
        this.#api.name
      }": install its CustomResourceDefinition, or another version of it`,
    );
  }
}

/** The path of a kind's collection; of all namespaces where none is given. */
export function collectionPath(api: ServedApi, namespace?: string): string {
  const root = api.group
    ? `/apis/${api.group}/${api.version}`
    : `/api/${api.version}`;
  const scope =
    api.namespaced && namespace
      ? `/namespaces/${encodeURIComponent(namespace)}`
      : '';
  return `${root}${scope}/${api.plural}`;
}

/**
 * The path of one object.
 *
 * @throws InputError where a namespaced kind has no namespace
 */
export function objectPath(
  api: ServedApi,
  { name, namespace }: { readonly name: string; readonly namespace?: string },
): string {
  if (!name) throw new InputError(`${api.kind} has no metadata.name`);
  if (api.namespaced && !namespace) {
    throw new InputError(`${api.kind} "${name}" has no metadata.namespace`);
  }
  return `${collectionPath(api, namespace)}/${encodeURIComponent(name)}`;
}

/** As RBAC names it: `certificates.cert-manager.io`. */
export function rbacResource(api: ServedApi): string {
  return api.group ? `${api.plural}.${api.group}` : api.plural;
}
