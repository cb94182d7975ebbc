import type { Duplex } from 'node:stream';

/**
 * Carries bytes both ways until both sides have ended. Each direction slows
 * down to its reader and ends on its own, so that a side which has ended may
 * still receive; where one fails, both are closed.
 */
export function bridge(a: Duplex, b: Duplex): Promise<void> {
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
    for (const [from, to] of [
      [a, b],
      [b, a],
    ]) {
      // An error is followed by 'close'.
      from.on('error', () => {});
      from.once('close', () => {
        if (!isOver(from)) finish();
      });
      from.once('finish', settle);
      carry(from, to);
      from.once('end', settle);
    }
  });
}

/** Ended both ways, with all that was to be written. */
function isOver({ readableEnded, writableFinished }: Duplex): boolean {
  return readableEnded && writableFinished;
}

/**
 * Whatever arrives in one turn of the event loop is written at once: TLS hands
 * over records of 16 kB, of which a busy connection has many in each turn.
 */
function carry(from: Duplex, to: Duplex): void {
  let corked = false;
  const flush = () => {
    corked = false;
    to.uncork();
  };
  from.on('data', (chunk: Buffer) => {
    if (!corked) {
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
