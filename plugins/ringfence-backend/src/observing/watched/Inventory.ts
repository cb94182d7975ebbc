import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import pLimit from 'p-limit';
import {
  createLogOnce,
  type Databases,
  type LiveDatabases,
  type StoredDatabase,
  toUnreadable,
  type ListOptions,
  type UnreadableDatabase,
} from '../../databases';
import type { KubernetesClusters } from '../../kubernetes/KubernetesClusters';
import type { Clock } from '../look';
import { liveObjects, type ObjectSource } from '../ObjectSource';
import { keyOf } from '../probes/ProbeBook';
import { WatchedCluster, type WatchedClusterOptions } from './WatchedCluster';

/** How long what is known of a database is not believed after somebody changed it. */
const UNSETTLED_MS = 10_000;
/** How soon the spec is read again of a database that is being changed. */
const CHANGING_MS = 5_000;
/** How soon it is tried again to read a spec that cannot be read. */
const UNREADABLE_MS = 60_000;
/** How long a Namespace may be without a spec because it is only being made. */
const YOUNG_MS = 10 * 60_000;
/** Specs that are read at once in one Kubernetes cluster. */
const CONCURRENCY = 8;

/** What changed: a database, or all of a Kubernetes cluster where no namespace is given. */
export interface InventoryChange {
  readonly kubernetesCluster: string;
  readonly namespace?: string;
}

export interface InventoryDeps {
  readonly clusters: Pick<KubernetesClusters, 'listUsable'>;
  /** Reads what is not known by heart. */
  readonly live: LiveDatabases;
  readonly logger: LoggerService;
  readonly clock: Clock;
  readonly timing?: WatchedClusterOptions['timing'];
}

interface Entry {
  readonly version?: string;
  /** Absent: its spec is being read, or cannot be. */
  readonly database?: StoredDatabase;
  /** It is there, and cannot be read. */
  readonly unreadable?: UnreadableDatabase;
  readonly loading?: Promise<void>;
}

/** Which databases there are, followed by watches and known by heart. */
export class Inventory implements Databases {
  readonly #deps: InventoryDeps;
  readonly #clusters = new Map<string, WatchedCluster>();
  /** Those whose objects are known, or known not to be. */
  readonly #takenIn = new Set<string>();
  /** Specs of those that are only being taken in. */
  readonly #texts = new Map<string, ReturnType<LiveDatabases['listTexts']>>();
  readonly #limits = new Map<string, ReturnType<typeof pLimit>>();
  readonly #entries = new Map<string, Map<string, Entry>>();
  readonly #unsettled = new Map<string, number>();
  readonly #listeners = new Set<(change: InventoryChange) => void>();
  readonly #logOnce: (subject: string, error: Error) => void;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(deps: InventoryDeps) {
    this.#deps = deps;
    this.#logOnce = createLogOnce(deps.logger);
  }

  /** Begins to follow every Kubernetes cluster; ends once all that can be known is. */
  async start(): Promise<void> {
    const starts = this.#deps.clusters.listUsable().map(({ kubernetes }) => {
      const { name } = kubernetes;
      const cluster = new WatchedCluster(kubernetes, {
        clock: this.#deps.clock,
        timing: this.#deps.timing,
        onChange: namespace => this.#changed(name, namespace),
        onRefused: ({ kind }, why) =>
          this.#deps.logger.warn(
            `Kubernetes cluster "${name}": ${kind} is read live, since it may not be watched: ${why}`,
          ),
      });
      this.#clusters.set(name, cluster);
      this.#entries.set(name, new Map());
      this.#limits.set(name, pLimit(CONCURRENCY));
      return cluster.start().then(() => this.#takeIn(name));
    });
    await Promise.all(starts);
  }

  /** Ends every watch. */
  async stop(): Promise<void> {
    this.#timers.forEach(clearTimeout);
    await Promise.all(
      [...this.#clusters.values()].map(cluster => cluster.stop()),
    );
  }

  /** The objects of a Kubernetes cluster, and what tells their states apart. */
  objectsOf(
    kubernetes: KubernetesCluster,
  ): ObjectSource & Pick<WatchedCluster, 'versionOf'> {
    const { clock } = this.#deps;
    return (
      this.#clusters.get(kubernetes.name) ?? {
        ...liveObjects(kubernetes, clock),
        versionOf: () => undefined,
      }
    );
  }

  /** Every database known, also those of Kubernetes clusters that do not answer now. */
  all(): StoredDatabase[] {
    return [...this.#entries.values()].flatMap(entries =>
      [...entries.values()].flatMap(({ database }) => database ?? []),
    );
  }

  /** Every database known to be there whose spec cannot be read. */
  unreadable(): UnreadableDatabase[] {
    return [...this.#entries.values()].flatMap(entries =>
      [...entries.values()].flatMap(({ unreadable }) => unreadable ?? []),
    );
  }

  /** Whether watches have told what is in it, or have failed to. */
  isTakenIn(kubernetesCluster: string): boolean {
    return this.#takenIn.has(kubernetesCluster);
  }

  /** Every database of which watches tell, with what tells it from its predecessors. */
  entries(): Array<{ database: StoredDatabase; key: string }> {
    const databases = this.all().filter(({ ref }) =>
      this.isTakenIn(ref.kubernetesCluster),
    );
    return databases.map(database => ({
      database,
      key: this.keyOf(database.ref),
    }));
  }

  /** What tells a database from its predecessors. */
  keyOf(ref: DatabaseRef): string {
    const cluster = this.#clusters.get(ref.kubernetesCluster);
    const object = cluster?.namespaces.index.get('', ref.namespace);
    return keyOf(ref, object?.metadata.uid);
  }

  /** The database as known by heart. */
  find({ kubernetesCluster, namespace }: DatabaseRef) {
    return this.#entries.get(kubernetesCluster)?.get(namespace)?.database;
  }

  /** Called whenever something changed that a report may speak of; returns what ends it. */
  subscribe(listener: (change: InventoryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody is changing it: for a while it is read live, and its spec anew. */
  unsettle(ref: DatabaseRef): void {
    const now = this.#deps.clock().getTime();
    for (const [key, until] of this.#unsettled) {
      if (until < now) this.#unsettled.delete(key);
    }
    this.#unsettled.set(stringifyDatabaseRef(ref), now + UNSETTLED_MS);
    this.#load(ref, { anew: true });
  }

  async list(options: ListOptions = {}): Promise<StoredDatabase[]> {
    const lists = this.#deps.clusters.listUsable().map(({ kubernetes }) => {
      const { name } = kubernetes;
      const onUnreachable = () => options.onUnreachable?.(name);
      const cluster = this.#clusters.get(name);
      const entries = [...(this.#entries.get(name)?.values() ?? [])];
      if (cluster?.silence) {
        onUnreachable();
        return [];
      }
      if (!cluster?.isKnown || entries.some(({ loading }) => loading)) {
        const { onUnreadable } = options;
        return this.#deps.live.listIn(kubernetes, onUnreachable, onUnreadable);
      }
      entries.forEach(
        ({ unreadable }) => unreadable && options.onUnreadable?.(unreadable),
      );
      return entries.flatMap(({ database }) => database ?? []);
    });
    // Which one a watch told of first is another at each replica of the portal.
    return (await Promise.all(lists)).flatMap(databases =>
      [...databases].sort((a, b) =>
        a.ref.namespace < b.ref.namespace ? -1 : 1,
      ),
    );
  }

  async get(ref: DatabaseRef): Promise<StoredDatabase> {
    const { kubernetesCluster, namespace } = ref;
    const entry = this.#entries.get(kubernetesCluster)?.get(namespace);
    const until = this.#unsettled.get(stringifyDatabaseRef(ref)) ?? 0;
    const cluster = this.#clusters.get(kubernetesCluster);
    // Nobody can be asked: what was known says since when nothing is known.
    if (entry?.database && cluster?.silence) return entry.database;
    const isSettled = cluster?.isKnown && until <= this.#deps.clock().getTime();
    if (entry?.database && !entry.loading && isSettled) return entry.database;
    // One that is not known may be new.
    return this.#deps.live.get(ref);
  }

  async #takeIn(kubernetesCluster: string): Promise<void> {
    const entries = [...this.#entries.get(kubernetesCluster)!.values()];
    await Promise.all(entries.map(({ loading }) => loading));
    this.#takenIn.add(kubernetesCluster);
    this.#texts.delete(kubernetesCluster);
    this.#notify({ kubernetesCluster });
  }

  #changed(kubernetesCluster: string, namespace?: string): void {
    const known = this.#entries.get(kubernetesCluster);
    const cluster = this.#clusters.get(kubernetesCluster);
    if (!known || !cluster) return;
    const concerned = namespace
      ? [namespace]
      : [
          ...known.keys(),
          ...cluster.namespaces.index
            .list()
            .map(({ metadata }) => metadata.name),
        ];
    for (const name of concerned) {
      this.#load({ kubernetesCluster, namespace: name });
    }
    this.#notify({ kubernetesCluster, namespace });
  }

  /** Reads a spec where its Namespace has changed since. */
  #load(ref: DatabaseRef, options: { anew?: boolean } = {}): void {
    const entries = this.#entries.get(ref.kubernetesCluster);
    const cluster = this.#clusters.get(ref.kubernetesCluster);
    if (!entries || !cluster) return;
    const { namespace: name } = ref;
    const namespace = cluster.namespaces.index.get('', name);
    if (!namespace) {
      // While it is not known what there is, nothing is known to be gone.
      if (cluster.namespaces.state.is === 'current') entries.delete(name);
      return;
    }
    const version = namespace.metadata.resourceVersion;
    const before = entries.get(name);
    if (before?.version === version && !options.anew) return;
    const entry: Entry = {
      version,
      database: before?.database,
      loading: this.#read(cluster, ref, namespace),
    };
    entries.set(name, entry);
  }

  async #read(
    { kubernetes }: WatchedCluster,
    ref: DatabaseRef,
    namespace: KubernetesObject,
  ): Promise<void> {
    const limit = this.#limits.get(ref.kubernetesCluster)!;
    const { resourceVersion: version } = namespace.metadata;
    const { entry, againMs } = await limit(async () =>
      this.#deps.live.readFrom(
        kubernetes,
        namespace,
        await this.#textsOf(kubernetes),
      ),
    ).then(
      database => ({
        entry: { version, database },
        againMs: database.state === 'provisioning' ? CHANGING_MS : undefined,
      }),
      error => this.#unread(ref, namespace, toError(error)),
    );
    // Another change may have come meanwhile, or its end.
    if (this.#entryOf(ref)?.version !== version) return;
    this.#entries.get(ref.kubernetesCluster)!.set(ref.namespace, entry);
    this.#notify(ref);
    if (againMs) this.#loadLater(ref, againMs);
  }

  /** At the start they are many: all are asked for at once. */
  #textsOf(kubernetes: KubernetesCluster) {
    const { name } = kubernetes;
    if (this.isTakenIn(name)) return undefined;
    const texts =
      this.#texts.get(name) ?? this.#deps.live.listTexts(kubernetes);
    this.#texts.set(name, texts);
    return texts;
  }

  /** Its spec may be about to be written, or be wrong; or its Kubernetes cluster be away. */
  #unread(ref: DatabaseRef, namespace: KubernetesObject, error: Error) {
    const { metadata } = namespace;
    this.#logOnce(stringifyDatabaseRef(ref), error);
    const isUnreadable = error.name === 'NotFoundError';
    const age =
      this.#deps.clock().getTime() - Date.parse(metadata.creationTimestamp!);
    return {
      entry: {
        version: metadata.resourceVersion,
        ...(isUnreadable
          ? {
              unreadable: toUnreadable(
                ref.kubernetesCluster,
                namespace,
                error.message,
              ),
            }
          : { database: this.#entryOf(ref)?.database }),
      },
      againMs: isUnreadable && !(age < YOUNG_MS) ? UNREADABLE_MS : CHANGING_MS,
    };
  }

  #loadLater(ref: DatabaseRef, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#load(ref, { anew: true });
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  #entryOf({ kubernetesCluster, namespace }: DatabaseRef): Entry | undefined {
    return this.#entries.get(kubernetesCluster)?.get(namespace);
  }

  #notify({ kubernetesCluster, namespace }: InventoryChange): void {
    this.#listeners.forEach(listener =>
      listener({ kubernetesCluster, namespace }),
    );
  }
}
