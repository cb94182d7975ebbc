import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';

/**
 * Carries each connection that comes in at one address on to another. Over a
 * Unix socket, that leads in and out of a network namespace.
 *
 * @param {import('node:net').ListenOptions} from
 * @param {import('node:net').NetConnectOpts} to dialled anew for each connection
 * @returns {Promise<import('node:net').Server>} listening
 */
export async function startRelay(from, to) {
  // Either side may have said its last while the other still answers.
  const allowHalfOpen = true;
  const server = createServer({ allowHalfOpen }, near => {
    const far = connect({ ...to, allowHalfOpen });
    // An error on one side ends both, and those who hold the ends notice.
    pipeline(near, far, near, () => {});
  });
  server.listen(from);
  await once(server, 'listening');
  return server;
}

/** Where the socket is that leads to something with this name. */
export const socketPath = (directory, name) => join(directory, `${name}.sock`);
