import type { Duplex } from 'node:stream';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { MANAGER } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  ApplyOptions,
  Discovery,
  ExecResult,
  KubernetesCluster,
  KubernetesObject,
  Manifest,
  PodRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { defaultKinds, type ServedKind } from './kinds';
import { ObjectStore } from './ObjectStore';
import type { Writer } from './serverSideApply';
import { watchStore } from './watch';

/** What pods do; a Kubernetes cluster in memory has none of its own. */
export interface PodRuntime {
  exec?(
    pod: PodRef,
    command: readonly string[],
    options: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<ExecResult>;
  portForward?(pod: PodRef, port: number): Promise<Duplex>;
  /** All that the pod's containers have written. */
  logs?(pod: PodRef): Promise<string>;
}

export interface MemoryKubernetesClusterOptions {
  /** @default 'memory' */
  readonly name?: string;
  readonly simulated?: string;
  /** As the API server would say it. @default 'v1.36.3' */
  readonly version?: string;
  /** What is served. @default everything in `defaultKinds` */
  readonly kinds?: readonly ServedKind[];
  /** Objects that are there from the start, created in this order by manager `seed`. */
  readonly objects?: readonly Manifest[];
  /** @default the system's clock */
  readonly now?: () => Date;
  readonly pods?: PodRuntime;
}

/** A Kubernetes cluster in memory, seen through the eyes of one field manager. */
export interface MemoryKubernetesCluster extends KubernetesCluster {
  /**
   * The same objects, written to by another field manager.
   *
   * @param options - `force` takes over fields that others own, as controllers do
   */
  as(manager: string, options?: { force?: boolean }): MemoryKubernetesCluster;
}

class StoreView implements MemoryKubernetesCluster {
  readonly name: string;
  readonly simulated?: string;
  readonly #store: ObjectStore;
  readonly #options: MemoryKubernetesClusterOptions;
  readonly #writer: Writer;

  constructor(
    store: ObjectStore,
    options: MemoryKubernetesClusterOptions,
    writer: Writer,
  ) {
    this.name = options.name ?? 'memory';
    this.simulated = options.simulated;
    this.#store = store;
    this.#options = options;
    this.#writer = writer;
  }

  as(manager: string, options: { force?: boolean } = {}) {
    return new StoreView(this.#store, this.#options, {
      manager,
      force: options.force ?? false,
    });
  }

  async discover(): Promise<Discovery> {
    const apis = this.#store
      .kinds()
      .map(({ group, version, kind, plural, namespaced }) => ({
        group,
        version,
        kind,
        plural,
        namespaced,
      }));
    return { version: this.#options.version ?? 'v1.36.3', apis };
  }

  async apply(manifest: Manifest, options: ApplyOptions = {}) {
    const { manager, force } = this.#writer;
    const writer = { manager, force: options.force ?? force };
    return this.#store.apply(manifest, writer, options);
  }

  async create(manifest: Manifest, options?: { dryRun?: boolean }) {
    return this.#store.create(manifest, this.#writer, options);
  }

  async updateStatus(object: KubernetesObject) {
    return this.#store.updateStatus(object);
  }

  async get(ref: Parameters<KubernetesCluster['get']>[0]) {
    return this.#store.get(ref);
  }

  async list(selector: Parameters<KubernetesCluster['list']>[0]) {
    return this.#store.list(selector);
  }

  watch(
    selector: Parameters<KubernetesCluster['watch']>[0],
    options: { signal: AbortSignal },
  ) {
    return watchStore(this.#store, selector, options.signal);
  }

  async delete(
    ref: Parameters<KubernetesCluster['delete']>[0],
    options?: { resourceVersion?: string },
  ) {
    this.#store.delete(ref, options);
  }

  async exec(
    pod: PodRef,
    command: readonly string[],
    options: { signal?: AbortSignal; timeoutMs?: number } = {},
  ) {
    this.#requirePod(pod);
    const { pods } = this.#options;
    if (!pods?.exec) throw this.#noRuntime(pod);
    return pods.exec(pod, command, options);
  }

  async portForward(pod: PodRef, port: number) {
    this.#requirePod(pod);
    const { pods } = this.#options;
    if (!pods?.portForward) throw this.#noRuntime(pod);
    return pods.portForward(pod, port);
  }

  async logs(
    pod: PodRef,
    { tailLines, previous }: { tailLines: number; previous?: boolean },
  ) {
    this.#requirePod(pod);
    const { pods } = this.#options;
    if (!pods?.logs) throw this.#noRuntime(pod);
    // Nothing is kept of what ran before.
    if (previous) return '';
    return (await pods.logs(pod)).split('\n').slice(-tailLines).join('\n');
  }

  #requirePod({ namespace, pod: name }: PodRef) {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    if (this.#store.get(ref)) return;
    throw new NotFoundError(
      `pods "${name}" not found in namespace "${namespace}"`,
    );
  }

  #noRuntime({ namespace, pod }: PodRef) {
    return new ServiceUnavailableError(
      `Pod "${namespace}/${pod}" runs nowhere: Kubernetes cluster "${this.name}" holds objects only`,
    );
  }
}

/**
 * A Kubernetes cluster held in memory: the API server's rules and no
 * controllers, so nothing happens to an object unless someone writes it.
 */
export function createMemoryKubernetesCluster(
  options: MemoryKubernetesClusterOptions = {},
): MemoryKubernetesCluster {
  const store = new ObjectStore({
    kinds: options.kinds ?? defaultKinds,
    now: options.now ?? (() => new Date()),
  });
  const seed = { manager: 'seed', force: false };
  for (const object of options.objects ?? []) {
    const { status } = object;
    const created = store.create(object, seed);
    if (status && store.served(object)?.status) {
      store.updateStatus({ ...created, status });
    }
  }
  return new StoreView(store, options, { manager: MANAGER, force: false });
}
