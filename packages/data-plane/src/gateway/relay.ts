import type { Socket } from 'node:net';

/** Told of every byte that passes. */
export interface RelayCounter {
  received(bytes: number): void;
  sent(bytes: number): void;
}

/**
 * Joins two sockets, which must allow half-open: each end is passed on by
 * itself, a slow reader slows the writer down, an error ends both.
 *
 * @returns once both are closed
 */
export async function relay(
  client: Socket,
  upstream: Socket,
  counter: RelayCounter,
): Promise<void> {
  const closed = Promise.all([closeOf(client), closeOf(upstream)]);
  endWith(client, upstream);
  endWith(upstream, client);
  client.on('data', chunk => counter.received(chunk.length));
  upstream.on('data', chunk => counter.sent(chunk.length));
  client.pipe(upstream);
  upstream.pipe(client);
  await closed;
}

/** An orderly end has been piped on already; `close` follows every `error`. */
function endWith(socket: Socket, peer: Socket): void {
  socket.on('error', () => {});
  socket.once('close', () => {
    const orderly = socket.readableEnded && socket.writableFinished;
    if (!orderly) peer.destroy();
  });
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
