import type { Clock } from './look';

/** What {@link FreshCache} keeps of one key. */
interface Entry<T> {
  readonly value: Promise<T>;
  /** Absent while it is being made. */
  readonly madeAt?: number;
}

/**
 * Keeps what is expensive to find out for a short time, and finds it out once
 * at a time for each key: who asks meanwhile gets the same answer.
 */
export class FreshCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #options: { readonly maxAgeMs: number; readonly clock: Clock };

  constructor(options: { maxAgeMs: number; clock: Clock }) {
    this.#options = options;
  }

  /** @param options - `refresh` makes it anew unless that is under way already */
  get(
    key: string,
    make: () => Promise<T>,
    options: { refresh?: boolean } = {},
  ): Promise<T> {
    this.#dropStale();
    const entry = this.#entries.get(key);
    const underWay = entry && entry.madeAt === undefined;
    if (entry && (underWay || !options.refresh)) return entry.value;
    const value = make();
    this.#entries.set(key, { value });
    const isKept = () => this.#entries.get(key)?.value === value;
    value.then(
      () => isKept() && this.#entries.set(key, { value, madeAt: this.#now() }),
      () => isKept() && this.#entries.delete(key),
    );
    return value;
  }

  /** Forgets a key, also what is being made of it. */
  drop(key: string): void {
    this.#entries.delete(key);
  }

  #dropStale() {
    for (const [key, { madeAt }] of this.#entries) {
      const stale =
        madeAt !== undefined && this.#now() - madeAt > this.#options.maxAgeMs;
      if (stale) this.#entries.delete(key);
    }
  }

  #now(): number {
    return this.#options.clock().getTime();
  }
}
