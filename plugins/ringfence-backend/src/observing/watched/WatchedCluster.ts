import type {
  Fact,
  KubernetesCluster,
  KubernetesObject,
  ObjectRef,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';
import pLimit from 'p-limit';
import { hasLabels } from '../../checks/objects';
import { namespacesReached } from '../../checks/reach';
import { known, notKnown, type Clock } from '../look';
import { liveObjects, type ObjectSource } from '../ObjectSource';
import { briefly } from './briefly';
import { Heartbeat } from './Heartbeat';
import { KindWatch, type WatchTiming } from './KindWatch';
import {
  holdsForMesh,
  isKeptEverywhere,
  isWatchable,
  KINDS,
  NAMESPACES,
  REACHING,
  USUAL_ROOT_NAMESPACE,
  watchKey,
  ZTUNNELS,
} from './kinds';
import { ManagedNamespaces } from './ManagedNamespaces';

/** Kinds of which first lists are made at the same time. */
const LISTS_AT_ONCE = 3;

export interface WatchedClusterOptions {
  readonly clock: Clock;
  /** Something about a namespace changed; about any where none is given. */
  readonly onChange: (namespace?: string) => void;
  /** The account may not watch something: it is read live. */
  readonly onRefused?: (selector: ObjectSelector, why: string) => void;
  readonly timing?: WatchTiming & {
    /** @default 10 000 */
    readonly heartbeatMs?: number;
    /** How long to believe what was known before an API server fell silent. @default 30 000 */
    readonly patienceMs?: number;
  };
}

/**
 * A Kubernetes cluster whose objects are known by heart, as far as databases
 * are concerned. What no watch covers is read live.
 */
export class WatchedCluster implements ObjectSource {
  readonly kubernetes: KubernetesCluster;
  readonly namespaces: KindWatch;
  readonly #options: WatchedClusterOptions;
  readonly #watches = new Map<string, KindWatch>();
  readonly #heartbeat: Heartbeat;
  readonly #live: ObjectSource;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #managed: ManagedNamespaces;

  constructor(kubernetes: KubernetesCluster, options: WatchedClusterOptions) {
    this.kubernetes = kubernetes;
    this.#options = options;
    this.#live = briefly(liveObjects(kubernetes, options.clock), options.clock);
    this.#heartbeat = new Heartbeat(kubernetes, {
      clock: options.clock,
      everyMs: options.timing?.heartbeatMs,
      patienceMs: options.timing?.patienceMs,
      onChange: () => options.onChange(),
    });
    this.#managed = new ManagedNamespaces({
      kubernetes,
      watches: () => this.#watches.values(),
      onChange: options.onChange,
      signal: this.#stopped.signal,
      timing: options.timing,
    });
    this.namespaces = this.#createWatch(NAMESPACES, namespace =>
      this.#namespacesChanged(namespace),
    );
  }

  /** Begins to follow; ends once everything there is, is known or cannot be. */
  async start(): Promise<void> {
    const { signal } = this.#stopped;
    this.#running.push(this.#heartbeat.run(signal));
    this.#run(NAMESPACES, this.namespaces);
    // Objects of other kinds are kept by what namespaces there are.
    await this.namespaces.firstSync();
    this.#namespacesChanged();
    // Lists of a thousand databases are large: only few are in memory at once.
    const limit = pLimit(LISTS_AT_ONCE);
    await Promise.all(
      KINDS.map(selector => limit(() => this.#follow(selector).firstSync())),
    );
  }

  /** Ends every watch. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
  }

  /** How many objects are kept. */
  get size(): number {
    return [this.namespaces, ...this.#watches.values()].reduce(
      (sum, { index }) => sum + index.size,
      0,
    );
  }

  /** Why nothing is known any more, and since when; undefined: it answers, or has only been asked. */
  get silence(): string | undefined {
    return this.#stale(this.namespaces)?.why;
  }

  /** Whether all namespaces with databases are known by heart. */
  get isKnown(): boolean {
    const { is } = this.namespaces.state;
    return !this.silence && (is === 'current' || is === 'interrupted');
  }

  async get(ref: ObjectRef): Promise<Fact<KubernetesObject | undefined>> {
    const { apiVersion, kind, name, namespace } = ref;
    const isManaged = kind === 'Namespace' && this.#managed.has(name);
    const watch = isManaged
      ? this.namespaces
      : this.#covering({ apiVersion, kind, namespace });
    const stale = watch && this.#stale(watch);
    if (stale) return stale;
    if (!watch || !isCurrent(watch) || this.#isForeign(watch, namespace)) {
      return this.#live.get(ref);
    }
    const object = watch.index.get(namespace ?? '', name);
    return known(object, this.#seenAt(watch));
  }

  async list(
    selector: ObjectSelector,
    { live = false }: { readonly live?: boolean } = {},
  ): Promise<Fact<readonly KubernetesObject[]>> {
    const { namespace, labels } = selector;
    const watch = this.#covering(selector);
    const stale = watch && this.#stale(watch);
    if (stale) return stale;
    const isKept =
      watch && isCurrent(watch) && !this.#isForeign(watch, namespace);
    if (live || !isKept) {
      return this.#live.list(selector);
    }
    const objects = watch.index.list(namespace);
    return known(
      labels ? objects.filter(object => hasLabels(object, labels)) : objects,
      this.#seenAt(watch),
    );
  }

  /**
   * What tells one state of an object from another, as far as its manifest can
   * speak of it.
   *
   * @returns undefined where no watch follows it; `absent` where it is not there
   */
  versionOf(ref: ObjectRef): string | undefined {
    const { apiVersion, kind, name, namespace } = ref;
    const key = (labels?: ObjectSelector['labels']) =>
      watchKey({ apiVersion, kind, labels });
    const ofAll = this.#watches.get(key());
    const watch =
      kind === NAMESPACES.kind && this.#managed.has(name)
        ? this.namespaces
        : ofAll ?? this.#watches.get(key(NAMESPACES.labels));
    const isKept =
      watch?.state.is === 'current' && !this.#isForeign(watch, namespace);
    if (!isKept || this.#stale(watch)) return undefined;
    const object = watch.index.get(namespace ?? '', name);
    // One that has lost our label is there still.
    if (!object) return watch === ofAll ? 'absent' : undefined;
    const { uid, generation, resourceVersion, labels, annotations } =
      object.metadata;
    // A generation is not another for every change of the status.
    const state = generation ?? resourceVersion;
    return JSON.stringify([uid, state, labels, annotations]);
  }

  /** The watch that has what is asked for; one is begun for a kind that none follows yet. */
  #covering(selector: ObjectSelector): KindWatch | undefined {
    const { apiVersion, kind, namespace } = selector;
    const everything = this.#watches.get(watchKey({ apiVersion, kind }));
    if (everything) return everything;
    const narrow = [this.namespaces, ...this.#watches.values()].filter(
      ({ selector: watched }) =>
        watched.apiVersion === apiVersion && watched.kind === kind,
    );
    if (narrow.length > 0) {
      return narrow.find(watch => this.#gives(watch, selector));
    }
    const mayFollow = namespace && isWatchable(selector);
    return mayFollow ? this.#follow({ apiVersion, kind }) : undefined;
  }

  /** Whether a watch on labels sees all that is asked for. */
  #gives(watch: KindWatch, { labels = {}, namespace }: ObjectSelector) {
    const watched = Object.entries(watch.selector.labels ?? {});
    if (watched.every(([key, value]) => labels[key] === value)) return true;
    // Whatever we make carries our labels, whichever others it is asked for by.
    const isOurs = watch.selector.labels === NAMESPACES.labels;
    return isOurs && this.#managed.has(namespace);
  }

  /** Whether objects of that namespace are not kept. */
  #isForeign(watch: KindWatch, namespace: string | undefined): boolean {
    if (namespace !== undefined && this.#managed.isFilling(namespace)) {
      return true;
    }
    if (isKeptEverywhere(watch.selector)) return false;
    return !this.#managed.has(namespace);
  }

  #stale(watch: KindWatch) {
    const silence = this.#heartbeat.silence() ?? this.#interruption(watch);
    if (!silence) return undefined;
    const { since, why } = silence;
    return notKnown(
      `Kubernetes cluster "${
        this.kubernetes.name
      }" has not answered since ${since.toISOString()}: ${why}`,
      since,
      'See whether the Kubernetes cluster can be reached from the portal.',
    );
  }

  #interruption({ state, hasSynced }: KindWatch) {
    if (state.is !== 'interrupted') return undefined;
    if (!hasSynced) return state;
    const { clock, timing } = this.#options;
    const forMs = clock().getTime() - state.since.getTime();
    return forMs > (timing?.patienceMs ?? 30_000) ? state : undefined;
  }

  /** The last moment at which what is known was known to be so. */
  #seenAt({ state, lastEventAt }: KindWatch): Date {
    if (state.is === 'interrupted') return state.since;
    const times = [this.#heartbeat.lastAt, lastEventAt].flatMap(at =>
      at ? [at.getTime()] : [],
    );
    return times.length > 0
      ? new Date(Math.max(...times))
      : this.#options.clock();
  }

  #follow(selector: ObjectSelector): KindWatch {
    const there = this.#watches.get(watchKey(selector));
    if (there) return there;
    const watch = this.#createWatch(selector, (namespace, object) => {
      // What holds for the whole mesh concerns every database.
      this.#options.onChange(
        holdsForMesh(selector) && this.#isRoot(namespace)
          ? undefined
          : namespace,
      );
      if (!object || !REACHING.includes(selector.kind)) return;
      namespacesReached(object)
        .filter(name => name !== namespace && this.#managed.has(name))
        .forEach(name => this.#options.onChange(name));
    });
    this.#watches.set(watchKey(selector), watch);
    this.#run(selector, watch);
    return watch;
  }

  /** Whether it may be the mesh's root namespace. */
  #isRoot(namespace: string | undefined): boolean {
    if (namespace === undefined || namespace === USUAL_ROOT_NAMESPACE) {
      return true;
    }
    const ztunnels = this.#watches.get(watchKey(ZTUNNELS));
    return (ztunnels?.index.list(namespace) ?? []).length > 0;
  }

  #createWatch(
    selector: ObjectSelector,
    onChange: (namespace?: string, object?: KubernetesObject) => void,
  ): KindWatch {
    const { clock, timing } = this.#options;
    const keepAll = isKeptEverywhere(selector);
    return new KindWatch(selector, {
      kubernetes: this.kubernetes,
      clock,
      timing,
      onChange,
      isWanted: namespace => keepAll || this.#managed.has(namespace),
    });
  }

  #run(selector: ObjectSelector, watch: KindWatch): void {
    this.#running.push(watch.run(this.#stopped.signal));
    void watch.firstSync().then(() => {
      const { state } = watch;
      if (state.is === 'refused') {
        this.#options.onRefused?.(selector, state.why);
      }
    });
  }

  /** Takes in what is in namespaces that have become databases', and forgets what was in others. */
  #namespacesChanged(namespace?: string): void {
    const { index } = this.namespaces;
    const names = index.list().map(({ metadata }) => metadata.name);
    this.#managed.update(
      namespace ? [namespace] : [...this.#managed, ...names],
      name => index.get('', name) !== undefined,
    );
    this.#options.onChange(namespace);
  }
}

/** Whether what it has is all there is. */
function isCurrent({ state }: KindWatch): boolean {
  return ['current', 'interrupted', 'absent'].includes(state.is);
}
