import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { RECORD_BYTES, type Feed } from './Feed';

/**
 * Carries bytes both ways until both sides have ended. Each direction slows
 * down to its reader and ends on its own, so that a side which has ended may
 * still receive; where one fails, both are closed.
 */
export function bridge(a: Duplex, b: Duplex): Promise<void> {
  return join(a, b, () => carry(b, a));
}

/** As {@link bridge}, where `socket` was dialled with `feed`, which is to `peer`. */
export function bridgeFed(
  peer: Duplex,
  socket: net.Socket,
  feed: Feed,
): Promise<void> {
  return join(peer, socket, () => feed.attach(socket));
}

/** @param carryBack - from `b` to `a` */
function join(a: Duplex, b: Duplex, carryBack: () => void): Promise<void> {
  return new Promise(resolve => {
    const finish = () => {
      a.destroy();
      b.destroy();
      resolve();
    };
    if (a.destroyed || b.destroyed) {
      finish();
      return;
    }
    const settle = () => {
      if (isOver(a) && isOver(b)) finish();
    };
    for (const side of [a, b]) {
      // An error is followed by 'close'.
      side.on('error', () => {});
      side.once('close', () => {
        if (!isOver(side)) finish();
      });
      side.once('finish', settle);
      side.once('end', settle);
    }
    carry(a, b);
    carryBack();
  });
}

/** Ended both ways, with all that was to be written. */
function isOver({ readableEnded, writableFinished }: Duplex): boolean {
  return readableEnded && writableFinished;
}

/**
 * Whatever arrives in one turn of the event loop is written at once: TLS hands
 * over records of 16 kB, of which a busy connection has many in each turn. What
 * is less has nothing behind it.
 */
function carry(from: Duplex, to: Duplex): void {
  let corked = false;
  const flush = () => {
    corked = false;
    to.uncork();
  };
  from.on('data', (chunk: Buffer) => {
    if (!corked && chunk.length >= RECORD_BYTES) {
      corked = true;
      to.cork();
      setImmediate(flush);
    }
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.once('end', () => to.end());
  from.resume();
}
