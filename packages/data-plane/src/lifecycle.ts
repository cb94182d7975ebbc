/** A promise that somebody else settles; nobody need wait for it. */
export interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(reason: Error): void;
}

/** `Promise.withResolvers`, which the compiler's library does not know yet. */
export function deferred(): Deferred {
  let settle!: Omit<Deferred, 'promise'>;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {});
  return { promise, ...settle };
}

/** Calls back once the signal aborts, also where it has already. */
export function onAbort(
  signal: AbortSignal | undefined,
  callback: () => void,
): void {
  if (signal?.aborted) callback();
  else signal?.addEventListener('abort', callback, { once: true });
}
