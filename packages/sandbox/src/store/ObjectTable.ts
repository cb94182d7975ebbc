import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { keyOf } from './objects';
import type { Stored } from './serverSideApply';

/** A change to one object; `before` is absent when it was made, `after` when it is gone. */
export interface Change {
  readonly before?: KubernetesObject;
  readonly after?: KubernetesObject;
}

/** All objects, counting versions up with each change and telling of it. */
export class ObjectTable {
  readonly #objects = new Map<string, Stored>();
  readonly #listeners = new Set<(change: Change) => void>();
  #resourceVersion = 0;

  /** @param key - as {@link keyOf} makes it */
  get(key: string): Stored | undefined {
    return this.#objects.get(key);
  }

  all(): Stored[] {
    return [...this.#objects.values()];
  }

  /** All that is in a namespace. */
  in(namespace: string): Stored[] {
    return this.all().filter(
      ({ object }) => object.metadata.namespace === namespace,
    );
  }

  /** @returns ends the subscription */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes an object's next state, which gets the next version. */
  put(next: Stored, previous: Stored | undefined): void {
    const { object } = next;
    this.#resourceVersion += 1;
    object.metadata.resourceVersion = String(this.#resourceVersion);
    this.#objects.set(keyOf(object), next);
    this.#emit({ before: previous?.object, after: object });
  }

  /** @returns whether it was there */
  remove({ object }: Stored): boolean {
    if (!this.#objects.delete(keyOf(object))) return false;
    this.#resourceVersion += 1;
    this.#emit({ before: object });
    return true;
  }

  #emit(change: Change) {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
