import { toError } from '@backstage/errors';
import type {
  KubernetesCluster,
  KubernetesObject,
  ObjectSelector,
  WatchEvent,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Clock } from '../look';
import {
  backOffMs,
  orAborted,
  pause,
  spread,
  type BackOffOptions,
} from './backOff';
import { ObjectIndex } from './ObjectIndex';
import { reduceObject } from './reduceObject';

/** How a watch stands. */
export type WatchState =
  /** Not all objects are known yet. */
  | { readonly is: 'starting' }
  /** Every change comes in. */
  | { readonly is: 'current' }
  /** What is known is as old as `since`. */
  | { readonly is: 'interrupted'; readonly why: string; readonly since: Date }
  /** The account may not watch this. */
  | { readonly is: 'refused'; readonly why: string }
  /** The kind is not served: there is no such object. */
  | { readonly is: 'absent' };

/** How long to wait before the next try. */
export interface WatchTiming extends BackOffOptions {
  /** Where the kind is not served, or may not be watched: somebody may mend it. @default 60 000 */
  readonly absentDelayMs?: number;
  /** Waits. @default by the system's clock */
  readonly pause?: typeof pause;
}

export interface KindWatchDeps {
  readonly kubernetes: Pick<KubernetesCluster, 'watch'>;
  readonly clock: Clock;
  /** Whether objects of this namespace are wanted. */
  readonly isWanted: (namespace: string | undefined) => boolean;
  /** An object of this namespace changed, as it is now or was before; or any where none is given. */
  readonly onChange: (namespace?: string, object?: KubernetesObject) => void;
  readonly timing?: WatchTiming;
}

/** Follows one kind, and keeps what facts need of its objects. */
export class KindWatch {
  readonly selector: ObjectSelector;
  readonly index = new ObjectIndex();
  readonly #deps: KindWatchDeps;
  readonly #firstSync: Promise<void>;
  #synced: () => void = () => {};
  #state: WatchState = { is: 'starting' };
  #lastEventAt?: Date;
  #inSync = false;
  #hasSynced = false;
  #failures = 0;
  /** Objects that were deleted while lists of their namespace were under way. */
  readonly #deletedMeanwhile = new Map<string, Set<string>>();

  constructor(selector: ObjectSelector, deps: KindWatchDeps) {
    this.selector = selector;
    this.#deps = deps;
    this.#firstSync = new Promise(resolve => {
      this.#synced = resolve;
    });
  }

  get state(): WatchState {
    return this.#state;
  }

  /** When something was last heard of this kind. */
  get lastEventAt(): Date | undefined {
    return this.#lastEventAt;
  }

  /** Whether all objects were ever known: of an interruption before, nothing is. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Ends once it is known what there is, or that it cannot be. */
  firstSync(): Promise<void> {
    return this.#firstSync;
  }

  /** Follows until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await orAborted(this.#follow(signal), signal);
        if (signal.aborted) break;
        this.#interrupt(new Error('the watch has ended'));
      } catch (error) {
        this.#fail(toError(error));
      }
      await this.#wait(signal);
      this.#failures += 1;
    }
    // Nobody is to wait any more for what will not come.
    this.#synced();
  }

  /**
   * Takes in what a list of one namespace has found, beside a watch that goes on.
   *
   * @param list - asks the API server
   */
  async fill(
    namespace: string,
    list: () => Promise<readonly KubernetesObject[]>,
  ): Promise<void> {
    this.#deletedMeanwhile.set(namespace, new Set());
    try {
      const objects = await list();
      const deleted = this.#deletedMeanwhile.get(namespace);
      for (const object of objects) {
        const { name } = object.metadata;
        const isOlder = this.index.get(namespace, name) !== undefined;
        if (!deleted?.has(name) && !isOlder) this.#put(object);
      }
    } finally {
      this.#deletedMeanwhile.delete(namespace);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    this.#inSync = false;
    let unseen: Set<string> | undefined = new Set(
      this.index.list().map(identityOf),
    );
    const stream = this.#deps.kubernetes.watch(this.selector, {
      signal,
      reduce: object => this.#reduce(object),
      onInterruption: why => (why ? this.#interrupt(why) : this.#resume()),
    });
    for await (const event of stream) {
      this.#lastEventAt = this.#deps.clock();
      if (event.type === 'synced') {
        this.#forget(unseen ?? new Set());
        unseen = undefined;
        this.#inSync = true;
        this.#hasSynced = true;
        this.#failures = 0;
        this.#enter({ is: 'current' });
      } else if (isNamed(event.object)) {
        unseen?.delete(identityOf(event.object));
        this.#take(event);
      }
    }
  }

  #take({ type, object }: Exclude<WatchEvent, { type: 'synced' }>): void {
    const { namespace = '', name } = object.metadata;
    if (type !== 'deleted') {
      this.#put(object);
      return;
    }
    this.#deletedMeanwhile.get(namespace)?.add(name);
    this.#delete(namespace, name);
  }

  #put(object: KubernetesObject): void {
    const kept = this.#reduce(object);
    if (!kept) return;
    const { namespace, name } = kept.metadata;
    const before = this.index.get(namespace ?? '', name);
    if (!this.index.put(kept)) return;
    if (before) this.#deps.onChange(namespace ?? name, before);
    this.#deps.onChange(namespace ?? name, kept);
  }

  #delete(namespace: string, name: string): void {
    const before = this.index.get(namespace, name);
    if (!before) return;
    this.index.delete(namespace, name);
    this.#deps.onChange(namespace || name, before);
  }

  #reduce(object: KubernetesObject): KubernetesObject | undefined {
    return this.#deps.isWanted(object?.metadata?.namespace)
      ? reduceObject(object)
      : undefined;
  }

  /** Objects that a new list did not name any more. */
  #forget(unseen: ReadonlySet<string>): void {
    for (const identity of unseen) {
      const [namespace, name] = identity.split('/');
      this.#delete(namespace, name);
    }
  }

  #fail(error: Error): void {
    const { name, message } = error;
    if (name === 'NotAllowedError') {
      this.#forgetAll();
      this.#enter({ is: 'refused', why: message });
    } else if (name === 'NotFoundError') {
      this.#forgetAll();
      this.#enter({ is: 'absent' });
    } else {
      this.#interrupt(error);
    }
  }

  #forgetAll(): void {
    this.index.clear();
    this.#hasSynced = false;
  }

  #interrupt({ message }: Error): void {
    const since =
      this.#state.is === 'interrupted' ? this.#state.since : this.#deps.clock();
    this.#enter({ is: 'interrupted', why: message, since });
  }

  /** A new list is taken in first: until then nothing is current. */
  #resume(): void {
    if (!this.#inSync) return;
    this.#lastEventAt = this.#deps.clock();
    if (this.#state.is === 'interrupted') this.#enter({ is: 'current' });
  }

  #enter(state: WatchState): void {
    const changed = this.#state.is !== state.is;
    this.#state = state;
    // An interruption at the start is told as what it is, and goes on being tried.
    this.#synced();
    if (changed) this.#deps.onChange();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const timing = this.#deps.timing ?? {};
    const { absentDelayMs = 60_000, random = Math.random } = timing;
    const isOff = this.#state.is === 'absent' || this.#state.is === 'refused';
    const delayMs = isOff
      ? spread(absentDelayMs, random)
      : backOffMs(this.#failures, timing);
    await (timing.pause ?? pause)(delayMs, signal);
  }
}

/** An API server, or what stands before it, may send anything. */
function isNamed(object: KubernetesObject | undefined): boolean {
  return typeof object?.metadata?.name === 'string';
}

function identityOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
