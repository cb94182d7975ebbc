import type { Duplex } from 'node:stream';

/** A Kubernetes object, as the API server gives it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: any;
}

/** The part of `metadata` that Ringfence reads or writes. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  ownerReferences?: Array<{
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
  }>;
  managedFields?: Array<{ manager?: string; [field: string]: any }>;
  [field: string]: any;
}

/** What Ringfence wants an object to be: no status, no server-side fields. */
export type Manifest = KubernetesObject;

/** Which object. `namespace` is absent for kinds that have none. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Which objects of one kind. */
export interface ObjectSelector {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent: all namespaces, or a kind that has none. */
  readonly namespace?: string;
  /** Equality only: every label must have this value. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A change seen by a watch. */
export type WatchEvent =
  | {
      readonly type: 'added' | 'modified' | 'deleted';
      readonly object: KubernetesObject;
    }
  /** All objects that existed when the watch began have been given. */
  | { readonly type: 'synced' };

/** A command's end. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A pod, and where it matters one container of it. */
export interface PodRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
}

/** One kind in one served version. */
export interface ServedApi {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** How {@link KubernetesCluster.apply} writes. */
export interface ApplyOptions {
  /** Changes nothing, and gives what would be. @default false */
  readonly dryRun?: boolean;
  /** Takes over fields that other managers own. @default false */
  readonly force?: boolean;
}

/** How {@link KubernetesCluster.watch} is followed. */
export interface WatchOptions {
  /** Aborting it ends the iteration without an error. */
  readonly signal: AbortSignal;
  /**
   * Called with the reason when changes do not come in any more, and with
   * nothing when they do again. Never called where there are no interruptions.
   */
  readonly onInterruption?: (why: Error | undefined) => void;
  /**
   * What is needed of an object; undefined: nothing. Lets an adapter that keeps
   * objects keep less; others may give whole ones.
   */
  readonly reduce?: (object: KubernetesObject) => KubernetesObject | undefined;
}

/** What a Kubernetes cluster serves. */
export interface Discovery {
  /** Such as `v1.36.3`. */
  readonly version: string;
  readonly apis: readonly ServedApi[];
}

/**
 * A Kubernetes cluster: all that Ringfence asks of one.
 *
 * Two adapters exist, one on a client of the API server and one in memory;
 * `kubernetesClusterContract` in `./testUtils` is the test suite both pass.
 *
 * Every method may throw {@link KubernetesConflictError},
 * `NotAllowedError` (with the missing verb and resource), `InputError`
 * (an object that is not valid, with the server's own words),
 * `NotFoundError` (a kind that is not served, a namespace that is not there)
 * or `ServiceUnavailableError` (not reachable).
 */
export interface KubernetesCluster {
  readonly name: string;
  /** Set by a sandbox: what it imitates, in a sentence for people. */
  readonly simulated?: string;

  discover(): Promise<Discovery>;

  /**
   * Server-side apply with field manager `ringfence`. With
   * `metadata.resourceVersion` set, fails where the object has another one.
   * Applying what is there already changes no `resourceVersion`.
   *
   * @param options - `force` takes over fields that other managers own instead
   * of failing: for a dry run, and for a repair that a person asked for
   */
  apply(manifest: Manifest, options?: ApplyOptions): Promise<KubernetesObject>;

  /** Creates; reason `AlreadyExists` where there is one of that name. */
  create(
    manifest: Manifest,
    options?: { dryRun?: boolean },
  ): Promise<KubernetesObject>;

  /** Replaces the status subresource; fails where `metadata.resourceVersion` is not the current one. */
  updateStatus(object: KubernetesObject): Promise<KubernetesObject>;

  /** @returns undefined where there is no such object, or its kind is not served */
  get(ref: ObjectRef): Promise<KubernetesObject | undefined>;

  /** Empty where the kind is not served. Items carry `apiVersion` and `kind`. */
  list(selector: ObjectSelector): Promise<KubernetesObject[]>;

  /**
   * First an `added` for each object there is, then `synced`, then changes, until
   * `signal` aborts (which ends the iteration without an error). Interruptions
   * are mended inside; after one, objects may be given again as `modified`.
   */
  watch(
    selector: ObjectSelector,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent>;

  /** Deletes, dependents in the background; an object that is not there is no error. */
  delete(ref: ObjectRef, options?: { resourceVersion?: string }): Promise<void>;

  /** Runs a command in a container, without a shell and without input. */
  exec(
    pod: PodRef,
    command: readonly string[],
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<ExecResult>;

  /**
   * The last lines that a container has written. Absent: this Kubernetes cluster
   * keeps none.
   */
  readonly logs?: (
    pod: PodRef,
    options: {
      readonly tailLines: number;
      /** Of the container that ran before it was started again; empty where there was none. */
      readonly previous?: boolean;
      readonly signal?: AbortSignal;
    },
  ) => Promise<string>;

  /** A connection to a port of a pod, through the API server. */
  portForward(pod: PodRef, port: number): Promise<Duplex>;
}
