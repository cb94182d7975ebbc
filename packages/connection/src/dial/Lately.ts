/** As many as are in use by those who dial many servers by turns, several times each. */
const MOST = 32;

/** Keeps the last few things that were made, for who wants the same again soon. */
export class Lately<T> {
  /** The oldest first. */
  readonly #kept = new Map<string, T>();

  /** @throws what `make` does; then nothing is kept */
  get(key: string, make: () => T): T {
    const value = this.#kept.has(key) ? this.#kept.get(key)! : make();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST) this.#kept.delete(oldest);
    return value;
  }
}
