import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** Objects of one kind, by namespace and name; '' for kinds without namespace. */
export class ObjectIndex {
  readonly #namespaces = new Map<string, Map<string, KubernetesObject>>();

  get(namespace: string, name: string): KubernetesObject | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  /** Of one namespace, or of all. */
  list(namespace?: string): KubernetesObject[] {
    if (namespace !== undefined) {
      return [...(this.#namespaces.get(namespace)?.values() ?? [])];
    }
    return [...this.#namespaces.values()].flatMap(objects => [
      ...objects.values(),
    ]);
  }

  get size(): number {
    let size = 0;
    for (const objects of this.#namespaces.values()) size += objects.size;
    return size;
  }

  /** @returns whether that says anything new */
  put(object: KubernetesObject): boolean {
    const { namespace = '', name } = object.metadata;
    const objects = this.#namespaces.get(namespace) ?? new Map();
    this.#namespaces.set(namespace, objects);
    const before = objects.get(name);
    objects.set(name, object);
    return !before || !saysTheSame(before, object);
  }

  /** @returns whether it was there */
  delete(namespace: string, name: string): boolean {
    const objects = this.#namespaces.get(namespace);
    const wasThere = objects?.delete(name) ?? false;
    if (objects?.size === 0) this.#namespaces.delete(namespace);
    return wasThere;
  }

  deleteNamespace(namespace: string): void {
    this.#namespaces.delete(namespace);
  }

  clear(): void {
    this.#namespaces.clear();
  }
}

function saysTheSame(a: KubernetesObject, b: KubernetesObject): boolean {
  const { resourceVersion: _a, ...metadataOfA } = a.metadata;
  const { resourceVersion: _b, ...metadataOfB } = b.metadata;
  return (
    a.metadata.resourceVersion === b.metadata.resourceVersion ||
    isDeepStrictEqual(
      { ...a, metadata: metadataOfA },
      { ...b, metadata: metadataOfB },
    )
  );
}
