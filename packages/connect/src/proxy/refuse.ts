import type net from 'node:net';
import { CQL, errorFrame, HEADER_BYTES, isRequest } from '../cql/frames';

/** How long a refused client may take to ask, read and go, whatever it sends meanwhile. */
const PATIENCE_MS = 1_000;

/**
 * Closes a client's connection; one that speaks CQL is told why, in the words
 * that its driver then shows.
 */
export function refuse(client: net.Socket, why: string): void {
  const timer = setTimeout(() => {
    // Where this process was busy, what the client asked is there and not read yet: timers come before that.
    setImmediate(() => client.destroy());
  }, PATIENCE_MS);
  client.once('close', () => clearTimeout(timer));
  client.once('end', () => client.end());
  let asked = Buffer.alloc(0);
  const listen = (chunk: Buffer) => {
    asked = Buffer.concat([asked, chunk]);
    if (asked.length < HEADER_BYTES) return;
    // What else comes is read and dropped, so that the answer is not lost in a reset.
    client.off('data', listen);
    if (isRequest(asked)) client.end(errorFrame(asked, CQL.overloaded, why));
    else client.destroy();
  };
  client.on('data', listen);
  // It was accepted paused.
  client.resume();
}
