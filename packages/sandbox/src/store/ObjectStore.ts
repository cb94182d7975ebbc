import { randomUUID } from 'node:crypto';
import { InputError, NotFoundError } from '@backstage/errors';
import { KubernetesConflictError } from '@ringfence/backstage-plugin-ringfence-node';
import type {
  KubernetesObject,
  Manifest,
  ObjectRef,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';
import { ObjectTable, type Change } from './ObjectTable';
import { convertStringData, setDefaults } from './defaults';
import { clone, sameJson } from './json';
import {
  apiVersionOf,
  keepsGeneration,
  resourceOf,
  type ServedKind,
} from './kinds';
import {
  content,
  keyOf,
  matches,
  namespaceKey,
  orphansOf,
  plain,
  refOf,
  timestamp,
} from './objects';
import {
  checkNotTerminating,
  checkResourceVersion,
  checkUid,
} from './preconditions';
import {
  applyOver,
  managedFields,
  ownAll,
  sameOwners,
  type Stored,
  type Writer,
} from './serverSideApply';
import { validate, validateKind, validateListKeys } from './validation';

interface WriteOptions {
  readonly dryRun?: boolean;
}

/**
 * The objects of a Kubernetes cluster, with the API server's rules for writing them.
 *
 * Everything is synchronous, so that each write is atomic; objects handed out
 * are copies.
 */
export class ObjectStore {
  readonly #kinds: readonly ServedKind[];
  readonly #now: () => Date;
  readonly #objects = new ObjectTable();

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
    return this.#objects
      .all()
      .filter(({ object }) => matches(object, selector))
      .map(({ object }) => clone(object));
  }

  /** @returns ends the subscription */
  subscribe(listener: (change: Change) => void): () => void {
    return this.#objects.subscribe(listener);
  }

  create(manifest: Manifest, writer: Writer, options: WriteOptions = {}) {
    const { served, wanted } = this.#prepare(manifest);
    const { name } = wanted.metadata;
    if (this.#objects.get(keyOf(wanted))) {
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
    checkUid(served, wanted, stored?.object);
    if (!stored) {
      // The API server asks for no version of what is not there, only for its uid.
      delete wanted.metadata.resourceVersion;
      return this.#insert(served, wanted, writer, options);
    }
    checkResourceVersion(served, wanted.metadata, stored.object);
    const { object, owners } = applyOver(
      served,
      clone(stored.object),
      stored.owners,
      wanted,
      writer,
    );
    setDefaults(object);
    validate(served, object);
    validateKind(served, object, stored.object);
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
    checkResourceVersion(served, object.metadata, stored.object);
    const next = clone(stored.object);
    if (object.status === undefined) delete next.status;
    else next.status = plain(object.status);
    return this.#replace(served, stored, next, stored.owners, {});
  }

  delete(ref: ObjectRef, options: { resourceVersion?: string } = {}): void {
    const stored = this.#objects.get(keyOf(ref));
    if (!stored) return;
    const served = this.#require(ref);
    const { name } = stored.object.metadata;
    const { resourceVersion } = options;
    checkResourceVersion(served, { name, resourceVersion }, stored.object);
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
    validateListKeys(served, wanted);
    const { namespace } = wanted.metadata;
    if (namespace && !this.#objects.get(namespaceKey(namespace))) {
      throw new NotFoundError(`namespaces "${namespace}" not found`);
    }
    return { served, wanted };
  }

  #insert(
    served: ServedKind,
    wanted: KubernetesObject,
    writer: Writer,
    options: WriteOptions,
  ): KubernetesObject {
    const { namespace } = wanted.metadata;
    const home = namespace && this.#objects.get(namespaceKey(namespace));
    if (home) checkNotTerminating(served, wanted, home.object);
    const owners = ownAll(served, wanted, writer.manager);
    const object = clone(wanted);
    setDefaults(object);
    validate(served, object);
    validateKind(served, object);
    Object.assign(object.metadata, {
      uid: randomUUID(),
      creationTimestamp: timestamp(this.#now()),
      ...(keepsGeneration(served) && { generation: 1 }),
    });
    const made = this.#commit(served, { object, owners }, undefined, options);
    if (!options.dryRun) this.#collectIfOrphan(made);
    return made;
  }

  #replace(
    served: ServedKind,
    stored: Stored,
    object: KubernetesObject,
    owners: Stored['owners'],
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
    object.metadata.managedFields = managedFields(
      apiVersionOf(served),
      owners,
      previous,
      timestamp(this.#now()),
    );
    if (options.dryRun) return clone(object);
    this.#objects.put(next, previous);
    return clone(object);
  }

  #markDeleted(stored: Stored) {
    if (stored.object.metadata.deletionTimestamp) return;
    const object = clone(stored.object);
    object.metadata.deletionTimestamp = timestamp(this.#now());
    if (object.kind === 'Namespace') object.status = { phase: 'Terminating' };
    this.#commit(this.#require(object), { ...stored, object }, stored, {});
  }

  #terminateNamespace(stored: Stored) {
    this.#markDeleted(stored);
    const namespace = stored.object.metadata.name;
    // A microtask later, as the namespace controller also comes afterwards.
    Promise.resolve().then(() => {
      for (const { object } of this.#objects.in(namespace))
        this.delete(refOf(object));
      this.#finishNamespace(namespace);
    });
  }

  #finishNamespace(name: string) {
    const stored = this.#objects.get(namespaceKey(name));
    if (!stored?.object.metadata.deletionTimestamp) return;
    if (this.#objects.in(name).length === 0) this.#remove(stored);
  }

  #remove(stored: Stored) {
    const { object } = stored;
    if (!this.#objects.remove(stored)) return;
    this.#collectGarbage(object.metadata.uid!);
    if (object.metadata.namespace)
      this.#finishNamespace(object.metadata.namespace);
  }

  /** Deletes what has lost its last owner. */
  #collectGarbage(uid: string) {
    const all = this.#objects.all().map(({ object }) => object);
    for (const orphan of orphansOf(uid, all)) this.delete(refOf(orphan));
  }

  /** Made for an owner that is gone already: a microtask later, as the garbage collector comes afterwards. */
  #collectIfOrphan({ metadata }: KubernetesObject) {
    const [owner] = metadata.ownerReferences ?? [];
    if (!owner) return;
    Promise.resolve().then(() => this.#collectGarbage(owner.uid));
  }
}
