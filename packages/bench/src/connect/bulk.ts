import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** How much each run carries: some tenths of a second, so that many runs can take turns. */
export const BULK_BYTES = 64 * 1024 * 1024;

/** Asks for {@link BULK_BYTES} and reads them. @returns bytes per second */
export async function bulkRate(open: () => Promise<Duplex>): Promise<number> {
  const socket = await open();
  const start = performance.now();
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  socket.write('go');
  await once(socket, 'end');
  const seconds = (performance.now() - start) / 1_000;
  socket.destroy();
  if (bytes !== BULK_BYTES) {
    throw new Error(`${bytes} of ${BULK_BYTES} bytes arrived`);
  }
  return bytes / seconds;
}
