import { createServer } from 'node:net';
import { silentLog, startStubRing } from '@ringfence/data-plane';
import { BULK_BYTES } from './bulk';

const CHUNK = Buffer.alloc(256 * 1024, 'x');

/**
 * What is behind the gateway, in a process of its own: nodes that speak CQL
 * and, on another port of the first, as many bytes as one asks for.
 */
async function main([addresses, bulkPort]: readonly string[]): Promise<void> {
  const [first] = addresses.split(',');
  const ring = startStubRing({
    clusterName: 'bench',
    datacenter: 'dc1',
    rack: 'rack1',
    nodes: addresses
      .split(',')
      .map((address, index) => ({ name: `bench-${index}`, address })),
    log: silentLog,
  });
  await ring.ready;
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', () => {
      let left = BULK_BYTES;
      const push = () => {
        while (left > 0) {
          left -= CHUNK.length;
          if (!socket.write(CHUNK) && left > 0) {
            socket.once('drain', push);
            return;
          }
        }
        socket.end();
      };
      push();
    });
  });
  server.listen(Number(bulkPort), first);
}

void main(process.argv.slice(2));
