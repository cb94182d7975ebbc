/** Hands what is pushed to one reader, in order. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake?: () => void;
  #end?: { readonly error?: unknown };

  push(value: T): void {
    if (this.#end) return;
    this.#waiting.push(value);
    this.#wake?.();
  }

  /** Ends the reading: at once without an error, after what was pushed with one. */
  end(error?: unknown): void {
    if (this.#end) return;
    if (error === undefined) this.#waiting.length = 0;
    this.#end = { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!;
      if (this.#end) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }
}
