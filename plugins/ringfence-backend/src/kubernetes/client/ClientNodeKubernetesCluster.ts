import type { Duplex } from 'node:stream';
import type {
  ApplyOptions,
  Discovery,
  ExecResult,
  KubernetesCluster,
  KubernetesObject,
  Manifest,
  ObjectRef,
  ObjectSelector,
  PodRef,
  WatchEvent,
  WatchOptions,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ApiServerSettings } from '../config/settings';
import { ApiServer } from './ApiServer';
import type { BackOffOptions } from './BackOff';
import { discover } from './discovery';
import { execInPod, type ExecOptions } from './exec';
import { KubeConfigSource } from './kubeConfig';
import { ObjectStore } from './objects';
import { readLogs } from './logs';
import { forwardToPod } from './portForward';
import { ApiResources } from './resources';
import { watchObjects, type WatchDeps } from './watch';

/** A Kubernetes cluster behind its API server. Nothing is read before the first call. */
export class ClientNodeKubernetesCluster implements KubernetesCluster {
  readonly name: string;
  readonly #source: KubeConfigSource;
  readonly #api: ApiServer;
  readonly #objects: ObjectStore;
  readonly #watchDeps: WatchDeps;

  /** @param timing - how a watch spreads and begins its waits */
  constructor(
    name: string,
    settings: ApiServerSettings,
    timing: BackOffOptions = {},
  ) {
    this.name = name;
    this.#source = new KubeConfigSource(name, settings);
    this.#api = new ApiServer(name, this.#source);
    const resources = new ApiResources(this.#api);
    this.#objects = new ObjectStore(this.#api, resources);
    this.#watchDeps = {
      api: this.#api,
      resources,
      objects: this.#objects,
      ...timing,
    };
  }

  readonly logs: NonNullable<KubernetesCluster['logs']> = (pod, options) =>
    readLogs(this.#api, pod, options);

  discover(): Promise<Discovery> {
    return discover(this.#api);
  }

  apply(manifest: Manifest, options?: ApplyOptions): Promise<KubernetesObject> {
    return this.#objects.apply(manifest, options);
  }

  create(
    manifest: Manifest,
    options?: { dryRun?: boolean },
  ): Promise<KubernetesObject> {
    return this.#objects.create(manifest, options);
  }

  updateStatus(object: KubernetesObject): Promise<KubernetesObject> {
    return this.#objects.updateStatus(object);
  }

  get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    return this.#objects.get(ref);
  }

  list(selector: ObjectSelector): Promise<KubernetesObject[]> {
    return this.#objects.list(selector);
  }

  watch(
    selector: ObjectSelector,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent> {
    return watchObjects(this.#watchDeps, selector, options);
  }

  delete(
    ref: ObjectRef,
    options?: { resourceVersion?: string },
  ): Promise<void> {
    return this.#objects.delete(ref, options);
  }

  exec(
    pod: PodRef,
    command: readonly string[],
    options: ExecOptions = {},
  ): Promise<ExecResult> {
    return execInPod(this.#source, this.name, pod, command, options);
  }

  portForward(pod: PodRef, port: number): Promise<Duplex> {
    return forwardToPod(this.#source, this.name, pod, port);
  }
}
