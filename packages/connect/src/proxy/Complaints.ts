const AGAIN_AFTER_MS = 60_000;
const MAX_REMEMBERED = 100;

/**
 * Says the same thing no more than once a minute: a driver that is refused
 * tries again many times a second.
 */
export class Complaints {
  /** When each text was last said. */
  readonly #said = new Map<string, number>();
  readonly #log: (line: string) => void;
  readonly #now: () => number;

  constructor(log: (line: string) => void, now = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  say(text: string): void {
    const last = this.#said.get(text);
    if (last !== undefined && this.#now() - last < AGAIN_AFTER_MS) return;
    if (this.#said.size >= MAX_REMEMBERED) this.#said.clear();
    this.#said.set(text, this.#now());
    this.#log(text);
  }

  /** What is over may be said at once when it begins again. */
  forget(text: string): void {
    this.#said.delete(text);
  }
}
