import { createServer } from 'node:net';
import { ScriptError } from './output.mjs';

const TRIES = 50;

function isFree(port) {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The wanted port or the next free one after it. */
export async function freePort(wanted) {
  for (let port = wanted; port < wanted + TRIES; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new ScriptError(
    `No free port from ${wanted} to ${wanted + TRIES - 1} on 127.0.0.1.`,
  );
}
