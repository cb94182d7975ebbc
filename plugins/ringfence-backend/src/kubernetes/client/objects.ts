import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { MANAGER } from '@ringfence/backstage-plugin-ringfence-common';
import {
  KubernetesConflictError,
  type ApplyOptions,
  type KubernetesObject,
  type Manifest,
  type ObjectRef,
  type ObjectSelector,
  type ServedApi,
  type WatchOptions,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiRequest, ApiServer } from './ApiServer';
import { hasOwnUpdates, ownByApplyPatch } from './managedFields';
import {
  collectionPath,
  objectPath,
  rbacResource,
  type ApiResources,
} from './resources';

/** A page is in memory as it came, before what is not needed of it is dropped. */
const PAGE_SIZE = '200';

/** Reads and writes single objects and lists. */
export class ObjectStore {
  readonly #api: ApiServer;
  readonly #resources: ApiResources;

  constructor(api: ApiServer, resources: ApiResources) {
    this.#api = api;
    this.#resources = resources;
  }

  async get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    const served = await this.#resources.find(ref.apiVersion, ref.kind);
    if (!served) return undefined;
    try {
      return await this.#api.request({
        path: objectPath(served, ref),
        context: contextOf('get', served, ref),
      });
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  async list(selector: ObjectSelector): Promise<KubernetesObject[]> {
    const { apiVersion, kind } = selector;
    const served = await this.#resources.find(apiVersion, kind);
    return served ? (await this.listServed(served, selector)).items : [];
  }

  /** A list of all pages, with the version at which it was made. */
  async listServed(
    served: ServedApi,
    selector: ObjectSelector,
    { signal, reduce }: Partial<WatchOptions> = {},
  ): Promise<{
    items: KubernetesObject[];
    metadata: { resourceVersion: string };
  }> {
    const { apiVersion, kind } = selector;
    const items: KubernetesObject[] = [];
    let page: any;
    do {
      page = await this.#page(
        served,
        selector,
        page?.metadata.continue,
        signal,
      );
      // Items of a list do not say what they are.
      for (const item of page.items) {
        const object = { ...item, apiVersion, kind };
        const kept = reduce ? reduce(object) : object;
        if (kept) items.push(kept);
      }
    } while (page.metadata.continue);
    return { items, metadata: page.metadata };
  }

  async #page(
    served: ServedApi,
    selector: ObjectSelector,
    next: string | undefined,
    signal?: AbortSignal,
  ): Promise<any> {
    const request: ApiRequest = {
      path: collectionPath(served, selector.namespace),
      query: {
        labelSelector: labelSelectorOf(selector),
        limit: PAGE_SIZE,
        continue: next,
      },
      signal,
      context: contextOf('list', served, { namespace: selector.namespace }),
    };
    return this.#api.request(request);
  }

  async create(
    manifest: Manifest,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<KubernetesObject> {
    const served = await this.#served(manifest);
    objectPath(served, manifest.metadata);
    const created = await this.#api.request({
      method: 'POST',
      path: collectionPath(served, manifest.metadata.namespace),
      query: writeQuery(options),
      body: manifest,
      context: contextOf('create', served, manifest.metadata),
    });
    return options.dryRun ? created : this.#ownByApply(served, created);
  }

  async apply(
    manifest: Manifest,
    options: ApplyOptions = {},
  ): Promise<KubernetesObject> {
    const served = await this.#served(manifest);
    try {
      return await this.#apply(served, manifest, options);
    } catch (error) {
      if (!isOwnConflict(error) || options.dryRun) throw error;
      const current = await this.get({ ...manifest, ...manifest.metadata });
      if (!current || !hasOwnUpdates(current)) throw error;
      await this.#ownByApply(served, current);
      return this.#apply(served, manifest, options);
    }
  }

  async #apply(
    served: ServedApi,
    manifest: Manifest,
    options: ApplyOptions,
  ): Promise<KubernetesObject> {
    const { managedFields, ...metadata } = manifest.metadata;
    return this.#api.request({
      method: 'PATCH',
      path: objectPath(served, metadata),
      query: { ...writeQuery(options), force: String(!!options.force) },
      body: { ...manifest, metadata },
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
      context: contextOf('patch', served, metadata),
    });
  }

  async #ownByApply(
    served: ServedApi,
    object: KubernetesObject,
  ): Promise<KubernetesObject> {
    try {
      return await this.#api.request({
        method: 'PATCH',
        path: objectPath(served, object.metadata),
        body: ownByApplyPatch(object),
        contentType: 'application/json-patch+json',
        context: contextOf('patch', served, object.metadata),
      });
    } catch (error) {
      // The object is there, and that is what was asked for. Whoever may not
      // patch never applies it; after a change by others apply does this again.
      const isMinor =
        error instanceof NotAllowedError ||
        error instanceof KubernetesConflictError;
      if (isMinor) return object;
      throw error;
    }
  }

  async updateStatus(object: KubernetesObject): Promise<KubernetesObject> {
    const served = await this.#served(object);
    if (!object.metadata.resourceVersion) {
      throw new InputError(
        `${object.kind} "${object.metadata.name}" has no metadata.resourceVersion: read it before its status is written`,
      );
    }
    const context = contextOf('update', served, object.metadata);
    try {
      return await this.#api.request({
        method: 'PUT',
        path: `${objectPath(served, object.metadata)}/status`,
        query: { fieldManager: MANAGER },
        body: object,
        context: { ...context, resource: `${context.resource}/status` },
      });
    } catch (error) {
      // The API server tells an object that has gone as one that has changed.
      if (error instanceof KubernetesConflictError) {
        await this.#requireThere(object);
      }
      throw error;
    }
  }

  async delete(
    ref: ObjectRef,
    options: { resourceVersion?: string } = {},
  ): Promise<void> {
    const served = await this.#resources.find(ref.apiVersion, ref.kind);
    if (!served) return;
    const { resourceVersion } = options;
    try {
      await this.#api.request({
        method: 'DELETE',
        path: objectPath(served, ref),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy: 'Background',
          ...(resourceVersion && { preconditions: { resourceVersion } }),
        },
        context: contextOf('delete', served, ref),
      });
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  async #requireThere(object: KubernetesObject): Promise<void> {
    const { kind, metadata } = object;
    if (await this.get({ ...object, ...metadata })) return;
    throw new NotFoundError(
      `${kind} "${[metadata.namespace, metadata.name]
        .filter(Boolean)
        .join('/')}" not found in Kubernetes cluster "${this.#api.name}"`,
    );
  }

  #served({ apiVersion, kind }: Manifest): Promise<ServedApi> {
    return this.#resources.require(apiVersion, kind);
  }
}

/** The equality selector of the API, or undefined for all. */
export function labelSelectorOf({
  labels,
}: ObjectSelector): string | undefined {
  const pairs = Object.entries(labels ?? {});
  if (pairs.length === 0) return undefined;
  return pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

export function contextOf(
  verb: string,
  served: ServedApi,
  where: { readonly name?: string; readonly namespace?: string },
): ApiRequest['context'] {
  const { name, namespace } = where;
  return { verb, resource: rbacResource(served), name, namespace };
}

function writeQuery({ dryRun }: { readonly dryRun?: boolean }) {
  return {
    fieldManager: MANAGER,
    // A field that does not exist is a mistake, not something to drop.
    fieldValidation: 'Strict',
    dryRun: dryRun ? 'All' : undefined,
  };
}

function isOwnConflict(error: unknown): boolean {
  return (
    error instanceof KubernetesConflictError && error.managers.includes(MANAGER)
  );
}
