import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { backOffMs, pause } from './backOff';
import type { KindWatch, WatchTiming } from './KindWatch';
import { isKeptEverywhere } from './kinds';

export interface ManagedNamespacesDeps {
  readonly kubernetes: Pick<KubernetesCluster, 'list'>;
  /** Those that keep objects of these namespaces. */
  readonly watches: () => Iterable<KindWatch>;
  /** What is known of a namespace is more now, or less. */
  readonly onChange: (namespace: string) => void;
  readonly signal: AbortSignal;
  readonly timing?: WatchTiming;
}

/** The namespaces whose objects are kept, and those of which not all is taken in yet. */
export class ManagedNamespaces {
  readonly #deps: ManagedNamespacesDeps;
  readonly #names = new Set<string>();
  /** Another run is another object: one that was abandoned does not go on. */
  readonly #filling = new Map<string, object>();

  constructor(deps: ManagedNamespacesDeps) {
    this.#deps = deps;
  }

  has(namespace: string | undefined): boolean {
    return namespace !== undefined && this.#names.has(namespace);
  }

  /** Whether lists of it are still under way. */
  isFilling(namespace: string): boolean {
    return this.#filling.has(namespace);
  }

  /** Keeps those that are there, and forgets the others of them. */
  update(
    concerned: Iterable<string>,
    isThere: (namespace: string) => boolean,
  ): void {
    for (const name of concerned) {
      if (isThere(name) && !this.#names.has(name)) this.#adopt(name);
      if (!isThere(name) && this.#names.has(name)) this.#abandon(name);
    }
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#names.values();
  }

  #adopt(namespace: string): void {
    this.#names.add(namespace);
    // The first lists are made with all namespaces known.
    if ([...this.#deps.watches()].length > 0) void this.#fill(namespace);
  }

  #abandon(namespace: string): void {
    this.#names.delete(namespace);
    this.#filling.delete(namespace);
    for (const { selector, index } of this.#deps.watches()) {
      if (!isKeptEverywhere(selector)) index.deleteNamespace(namespace);
    }
  }

  /** Lists what is there, again and again until it is known; meanwhile it is read live. */
  async #fill(namespace: string): Promise<void> {
    const { signal, timing = {} } = this.#deps;
    const run = {};
    this.#filling.set(namespace, run);
    const isWanted = () =>
      this.#filling.get(namespace) === run && !signal.aborted;
    for (let failures = 0; isWanted(); failures += 1) {
      const isFilled = await this.#list(namespace);
      if (!isWanted()) return;
      if (isFilled) this.#filling.delete(namespace);
      this.#deps.onChange(namespace);
      if (isFilled) return;
      await (timing.pause ?? pause)(backOffMs(failures, timing), signal);
    }
  }

  async #list(namespace: string): Promise<boolean> {
    const watches = [...this.#deps.watches()].filter(
      watch => !isKeptEverywhere(watch.selector) && isFollowing(watch),
    );
    const lists = await Promise.allSettled(
      watches.map(watch =>
        watch.fill(namespace, () =>
          this.#deps.kubernetes.list({ ...watch.selector, namespace }),
        ),
      ),
    );
    return lists.every(({ status }) => status === 'fulfilled');
  }
}

/** Whether it has lists already which a new namespace was not in. */
function isFollowing({ state }: KindWatch): boolean {
  return state.is === 'current' || state.is === 'interrupted';
}
