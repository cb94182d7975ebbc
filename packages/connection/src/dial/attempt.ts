import type net from 'node:net';
import type { DialOptions, DialTarget } from './target';
import { connectTcp, timedOut, type TcpOptions } from './tcp';
import { requireCa } from './tls';

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs one attempt, from DNS to the end of `secure`, under one deadline and
 * the caller's signal. `open` begins to connect. `secure` owns the socket that
 * it is given; it must destroy it with the signal's reason when its signal
 * aborts.
 */
export async function attempt<T, S extends net.Socket>(
  target: DialTarget,
  options: DialOptions,
  open: (options: TcpOptions) => S,
  secure: (socket: S, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  requireCa(target);
  options.signal?.throwIfAborted();
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const controller = new AbortController();
  const abort = () => controller.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', abort, { once: true });
  let step: 'tcp' | 'tls' = 'tcp';
  const timer = setTimeout(
    () => controller.abort(timedOut(step, target, timeoutMs)),
    timeoutMs,
  );
  try {
    const { signal } = controller;
    const socket = await connectTcp(target, { ...options, signal }, open);
    step = 'tls';
    return await secure(socket, signal);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}
