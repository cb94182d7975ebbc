import { randomUUID } from 'node:crypto';
import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { KubernetesConflictError } from '@ringfence/backstage-plugin-ringfence-node';
import type {
  KubernetesObject,
  Manifest,
  ObjectRef,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';
import { convertStringData, setDefaults } from './defaults';
import { toFieldsV1 } from './fieldPaths';
import { clone, sameJson, sameSet } from './json';
import { apiVersionOf, resourceOf, type ServedKind } from './kinds';
import { applyOver, ownAll, type Owners, type Writer } from './serverSideApply';
import { validate } from './validation';

/** A change to one object; `before` is absent when it was made, `after` when it is gone. */
export interface Change {
  readonly before?: KubernetesObject;
  readonly after?: KubernetesObject;
}

interface Stored {
  readonly object: KubernetesObject;
  readonly owners: Owners;
}

interface WriteOptions {
  readonly dryRun?: boolean;
}

/** Kinds whose `generation` the API server keeps: it rises with each change outside of metadata and status. */
const WITH_GENERATION =
  /^(apps|policy|networking\.k8s\.io|gateway\.networking\.k8s\.io|cert-manager\.io|security\.istio\.io|apiextensions\.k8s\.io)$/;

/**
 * The objects of a Kubernetes cluster, with the API server's rules for writing them.
 *
 * Everything is synchronous, so that each write is atomic; objects handed out
 * are copies.
 */
export class ObjectStore {
  readonly #kinds: readonly ServedKind[];
  readonly #now: () => Date;
  readonly #objects = new Map<string, Stored>();
  readonly #listeners = new Set<(change: Change) => void>();
  #resourceVersion = 0;

  constructor(options: { kinds: readonly ServedKind[]; now: () => Date }) {
    this.#kinds = options.kinds;
    this.#now = options.now;
  }

  kinds(): readonly ServedKind[] {
    return this.#kinds;
  }

  served(ref: { apiVersion: string; kind: string }): ServedKind | undefined {
    return this.#kinds.find(
      served =>
        served.kind === ref.kind && apiVersionOf(served) === ref.apiVersion,
    );
  }

  get(ref: ObjectRef): KubernetesObject | undefined {
    const stored = this.#objects.get(keyOf(ref));
    return stored && clone(stored.object);
  }

  list(selector: ObjectSelector): KubernetesObject[] {
    return [...this.#objects.values()]
      .filter(({ object }) => matches(object, selector))
      .map(({ object }) => clone(object));
  }

  /** @returns ends the subscription */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  create(manifest: Manifest, writer: Writer, options: WriteOptions = {}) {
    const { served, wanted } = this.#prepare(manifest);
    const { name } = wanted.metadata;
    if (this.#objects.has(keyOf(wanted))) {
      throw new KubernetesConflictError(
        `${resourceOf(served)} "${name}" already exists`,
        'AlreadyExists',
      );
    }
    if (wanted.metadata.resourceVersion) {
      throw new InputError(
        'resourceVersion should not be set on objects to be created',
      );
    }
    return this.#insert(served, wanted, writer, options);
  }

  apply(manifest: Manifest, writer: Writer, options: WriteOptions = {}) {
    if (manifest.metadata?.managedFields) {
      throw new InputError('metadata.managedFields must be nil');
    }
    const { served, wanted } = this.#prepare(manifest);
    const stored = this.#objects.get(keyOf(wanted));
    this.#checkResourceVersion(served, wanted, stored?.object);
    if (!stored) return this.#insert(served, wanted, writer, options);
    const { object, owners } = applyOver(
      served,
      clone(stored.object),
      stored.owners,
      wanted,
      writer,
    );
    setDefaults(object);
    validate(served, object, stored.object);
    return this.#replace(served, stored, object, owners, options);
  }

  updateStatus(object: KubernetesObject): KubernetesObject {
    const served = this.#require(object);
    const { name, resourceVersion } = object.metadata;
    const stored = this.#objects.get(keyOf(object));
    if (!stored || !served.status) {
      throw new NotFoundError(`${resourceOf(served)} "${name}" not found`);
    }
    if (!resourceVersion) {
      throw new InputError(
        `${resourceOf(
          served,
        )} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
      );
    }
    this.#checkResourceVersion(served, object, stored.object);
    const next = clone(stored.object);
    if (object.status === undefined) delete next.status;
    else next.status = plain(object.status);
    return this.#replace(served, stored, next, stored.owners, {});
  }

  delete(ref: ObjectRef, options: { resourceVersion?: string } = {}): void {
    const stored = this.#objects.get(keyOf(ref));
    if (!stored) return;
    const served = this.#require(ref);
    this.#checkResourceVersion(
      served,
      {
        ...stored.object,
        metadata: {
          ...stored.object.metadata,
          resourceVersion: options.resourceVersion,
        },
      },
      stored.object,
    );
    if (served.kind === 'Namespace') this.#terminateNamespace(stored);
    else if (stored.object.metadata.finalizers?.length)
      this.#markDeleted(stored);
    else this.#remove(stored);
  }

  #require(ref: { apiVersion: string; kind: string }): ServedKind {
    const served = this.served(ref);
    if (served) return served;
    throw new NotFoundError(
      `no matches for kind "${ref.kind}" in version "${ref.apiVersion}"`,
    );
  }

  #prepare(manifest: Manifest): {
    served: ServedKind;
    wanted: KubernetesObject;
  } {
    const served = this.#require(manifest);
    const wanted = plain(manifest);
    wanted.metadata ??= { name: '' };
    delete wanted.metadata.creationTimestamp;
    if (served.status) delete wanted.status;
    convertStringData(wanted);
    validate(served, wanted);
    const { namespace } = wanted.metadata;
    if (namespace && !this.#objects.has(namespaceKey(namespace))) {
      throw new NotFoundError(`namespaces "${namespace}" not found`);
    }
    return { served, wanted };
  }

  #checkResourceVersion(
    served: ServedKind,
    wanted: KubernetesObject,
    live: KubernetesObject | undefined,
  ) {
    const { name, resourceVersion } = wanted.metadata;
    if (
      !resourceVersion ||
      resourceVersion === live?.metadata.resourceVersion
    ) {
      return;
    }
    throw new KubernetesConflictError(
      `Operation cannot be fulfilled on ${resourceOf(
        served,
      )} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
      'ResourceVersion',
    );
  }

  #insert(
    served: ServedKind,
    wanted: KubernetesObject,
    writer: Writer,
    options: WriteOptions,
  ): KubernetesObject {
    const { name, namespace } = wanted.metadata;
    const home = namespace && this.#objects.get(namespaceKey(namespace));
    if (home && home.object.metadata.deletionTimestamp) {
      throw new NotAllowedError(
        `${resourceOf(
          served,
        )} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
      );
    }
    const owners = ownAll(served, wanted, writer.manager);
    const object = clone(wanted);
    setDefaults(object);
    validate(served, object);
    Object.assign(object.metadata, {
      uid: randomUUID(),
      creationTimestamp: this.#timestamp(),
      ...(WITH_GENERATION.test(served.group) && { generation: 1 }),
    });
    return this.#commit(served, { object, owners }, undefined, options);
  }

  #replace(
    served: ServedKind,
    stored: Stored,
    object: KubernetesObject,
    owners: Owners,
    options: WriteOptions,
  ): KubernetesObject {
    object.metadata.resourceVersion = stored.object.metadata.resourceVersion;
    if (sameJson(object, stored.object) && sameOwners(owners, stored.owners)) {
      return clone(object);
    }
    if (
      object.metadata.generation !== undefined &&
      !sameJson(content(object), content(stored.object))
    ) {
      object.metadata.generation += 1;
    }
    const committed = this.#commit(served, { object, owners }, stored, options);
    const { deletionTimestamp, finalizers } = object.metadata;
    if (!options.dryRun && deletionTimestamp && !finalizers?.length) {
      const current = this.#objects.get(keyOf(object));
      if (current && served.kind !== 'Namespace') this.#remove(current);
    }
    return committed;
  }

  #commit(
    served: ServedKind,
    next: Stored,
    previous: Stored | undefined,
    options: WriteOptions,
  ): KubernetesObject {
    const { object, owners } = next;
    object.metadata.managedFields = this.#managedFields(
      served,
      owners,
      previous,
    );
    if (options.dryRun) return clone(object);
    this.#resourceVersion += 1;
    object.metadata.resourceVersion = String(this.#resourceVersion);
    this.#objects.set(keyOf(object), next);
    this.#emit({ before: previous?.object, after: object });
    return clone(object);
  }

  #managedFields(
    served: ServedKind,
    owners: Owners,
    previous: Stored | undefined,
  ) {
    const before = previous?.object.metadata.managedFields ?? [];
    return [...owners].map(([manager, paths]) => {
      const unchanged = sameSet(paths, previous?.owners.get(manager));
      const entry = before.find(candidate => candidate.manager === manager);
      if (unchanged && entry) return entry;
      return {
        manager,
        operation: 'Apply',
        apiVersion: apiVersionOf(served),
        time: this.#timestamp(),
        fieldsType: 'FieldsV1',
        fieldsV1: toFieldsV1(paths),
      };
    });
  }

  #markDeleted(stored: Stored) {
    if (stored.object.metadata.deletionTimestamp) return;
    const object = clone(stored.object);
    object.metadata.deletionTimestamp = this.#timestamp();
    if (object.kind === 'Namespace') object.status = { phase: 'Terminating' };
    this.#commit(this.#require(object), { ...stored, object }, stored, {});
  }

  #terminateNamespace(stored: Stored) {
    this.#markDeleted(stored);
    const namespace = stored.object.metadata.name;
    // A microtask later, as the namespace controller also comes afterwards.
    Promise.resolve().then(() => {
      for (const { object } of this.#contents(namespace))
        this.delete(refOf(object));
      this.#finishNamespace(namespace);
    });
  }

  #finishNamespace(name: string) {
    const stored = this.#objects.get(namespaceKey(name));
    if (!stored?.object.metadata.deletionTimestamp) return;
    if (this.#contents(name).length === 0) this.#remove(stored);
  }

  #contents(namespace: string): Stored[] {
    return [...this.#objects.values()].filter(
      ({ object }) => object.metadata.namespace === namespace,
    );
  }

  #remove(stored: Stored) {
    const { object } = stored;
    if (!this.#objects.delete(keyOf(object))) return;
    this.#resourceVersion += 1;
    this.#emit({ before: object });
    this.#collectGarbage(object.metadata.uid!);
    if (object.metadata.namespace)
      this.#finishNamespace(object.metadata.namespace);
  }

  /** Deletes what has lost its last owner. */
  #collectGarbage(uid: string) {
    const present = new Set(
      [...this.#objects.values()].map(({ object }) => object.metadata.uid),
    );
    for (const { object } of [...this.#objects.values()]) {
      const references = object.metadata.ownerReferences ?? [];
      if (!references.some(reference => reference.uid === uid)) continue;
      if (references.some(reference => present.has(reference.uid))) continue;
      this.delete(refOf(object));
    }
  }

  #emit(change: Change) {
    for (const listener of [...this.#listeners]) listener(change);
  }

  /** RFC 3339 to the second, as the API server writes times. */
  #timestamp(): string {
    return this.#now()
      .toISOString()
      .replace(/\.\d{3}Z$/, 'Z');
  }
}

/** Whether an object is among those that a selector asks for. */
export function matches(
  object: KubernetesObject,
  selector: ObjectSelector,
): boolean {
  return (
    object.apiVersion === selector.apiVersion &&
    object.kind === selector.kind &&
    (!selector.namespace || object.metadata.namespace === selector.namespace) &&
    Object.entries(selector.labels ?? {}).every(
      ([key, value]) => object.metadata.labels?.[key] === value,
    )
  );
}

/** Which object this is. */
export function refOf(object: KubernetesObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace && { namespace }),
  };
}

function keyOf(target: ObjectRef | KubernetesObject): string {
  const { name, namespace } = 'metadata' in target ? target.metadata : target;
  return [target.apiVersion, target.kind, namespace ?? '', name].join('|');
}

function namespaceKey(name: string): string {
  return keyOf({ apiVersion: 'v1', kind: 'Namespace', name });
}

function sameOwners(a: Owners, b: Owners): boolean {
  return (
    a.size === b.size &&
    [...a].every(([manager, paths]) => sameSet(paths, b.get(manager)))
  );
}

/** What of an object its generation counts. */
function content(object: KubernetesObject): unknown {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

/** A copy as JSON would carry it, without fields that are null. */
function plain<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, function dropNull(key, inner) {
      return inner === null && key !== '' && !Array.isArray(this)
        ? undefined
        : inner;
    }),
  );
}
