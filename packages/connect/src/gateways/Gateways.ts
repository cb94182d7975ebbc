import type tls from 'node:tls';
import {
  DialError,
  dial,
  type DialOptions,
  type DialTarget,
} from '@ringfence/connection/dial';

/** How long a gateway that could not be reached is tried last. */
const REST_MS = 30_000;

/** What {@link Gateways} may be given in tests. */
export interface GatewaysOptions {
  /** @default dial of `@ringfence/connection/dial` */
  readonly dial?: typeof dial;
  /** Milliseconds. @default the system's clock */
  readonly now?: () => number;
}

/** A connection, and which gateway it is to. */
export interface Dialled {
  readonly socket: tls.TLSSocket;
  readonly target: DialTarget;
}

/**
 * The places where a database's gateway may be found. The first that can be
 * reached is taken; one that could not be is tried last for a while. One that
 * answers and does not verify ends the attempt: it is never passed over.
 */
export class Gateways {
  #targets: readonly DialTarget[];
  readonly #restingUntil = new Map<string, number>();
  readonly #dial: typeof dial;
  readonly #now: () => number;

  /** @param targets - in order of preference; at least one */
  constructor(targets: readonly DialTarget[], options: GatewaysOptions = {}) {
    this.#targets = targets;
    this.#dial = options.dial ?? dial;
    this.#now = options.now ?? Date.now;
  }

  /** Takes other places or another CA for connections from now on; open ones stay. */
  replace(targets: readonly DialTarget[]): void {
    this.#targets = targets;
    this.#restingUntil.clear();
  }

  /** @throws DialError of the last gateway that was tried */
  async dial(options: DialOptions = {}): Promise<Dialled> {
    const [first, ...others] = this.#inOrder();
    return this.#dialFirst(first, others, options);
  }

  async #dialFirst(
    target: DialTarget,
    others: readonly DialTarget[],
    options: DialOptions,
  ): Promise<Dialled> {
    try {
      const socket = await this.#dial(target, options);
      this.#restingUntil.delete(keyOf(target));
      return { socket, target };
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      this.#restingUntil.set(keyOf(target), this.#now() + REST_MS);
      const [next, ...rest] = others;
      if (!next) throw error;
      return this.#dialFirst(next, rest, options);
    }
  }

  #inOrder(): readonly DialTarget[] {
    const rests = (target: DialTarget) =>
      (this.#restingUntil.get(keyOf(target)) ?? 0) > this.#now();
    return [
      ...this.#targets.filter(target => !rests(target)),
      ...this.#targets.filter(rests),
    ];
  }
}

/** Whether it ended before anybody answered. */
function isUnreachable(error: unknown): boolean {
  return (
    error instanceof DialError && (error.step === 'dns' || error.step === 'tcp')
  );
}

function keyOf({ host, port }: DialTarget): string {
  return `${host} ${port}`;
}
