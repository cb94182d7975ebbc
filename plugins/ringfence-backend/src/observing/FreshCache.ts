import type { Clock } from './look';

/** What {@link FreshCache} keeps of one key. */
interface Entry<T> {
  readonly value: Promise<T>;
  /** Until when it serves; absent while it is being made. */
  readonly until?: number;
}

export interface FreshCacheOptions<T> {
  /** How old something gets, or how old what was found out. */
  readonly maxAgeMs: number | ((value: T) => number);
  readonly clock: Clock;
}

/**
 * Keeps what is expensive to find out for a short time, and finds it out once
 * at a time for each key: who asks meanwhile gets the same answer.
 */
export class FreshCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #options: FreshCacheOptions<T>;

  constructor(options: FreshCacheOptions<T>) {
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
    const underWay = entry && entry.until === undefined;
    if (entry && (underWay || !options.refresh)) return entry.value;
    const value = make();
    this.#entries.set(key, { value });
    const isKept = () => this.#entries.get(key)?.value === value;
    value.then(
      made =>
        isKept() &&
        this.#entries.set(key, { value, until: this.#untilOf(made) }),
      () => isKept() && this.#entries.delete(key),
    );
    return value;
  }

  /** Forgets a key, also what is being made of it. */
  drop(key: string): void {
    this.#entries.delete(key);
  }

  /** Forgets all keys of which that is true. */
  dropAll(isUnwanted: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) {
      if (isUnwanted(key)) this.#entries.delete(key);
    }
  }

  #untilOf(value: T): number {
    const { maxAgeMs } = this.#options;
    const age = typeof maxAgeMs === 'number' ? maxAgeMs : maxAgeMs(value);
    return this.#now() + age;
  }

  #dropStale() {
    const now = this.#now();
    for (const [key, { until }] of this.#entries) {
      if (until !== undefined && now > until) this.#entries.delete(key);
    }
  }

  #now(): number {
    return this.#options.clock().getTime();
  }
}
