import { request } from 'node:http';
import type { Duplex } from 'node:stream';

/** More than a busy proxy prints; what is longer counts as cut off. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Asks over a connection that is there already, and closes it. */
export async function httpGet(
  connection: Duplex,
  path: string,
  signal: AbortSignal,
): Promise<{ text: string; complete: boolean }> {
  try {
    return await new Promise((resolve, reject) => {
      const asking = request({
        createConnection: () => connection,
        path,
        signal,
        headers: { Host: 'localhost', Connection: 'close' },
      });
      asking.once('error', reject);
      asking.once('response', response => {
        if (response.statusCode !== 200) {
          reject(new Error(`answered with HTTP status ${response.statusCode}`));
          return;
        }
        const chunks: Buffer[] = [];
        let bytes = 0;
        const end = (complete: boolean) =>
          resolve({ text: Buffer.concat(chunks).toString('utf8'), complete });
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > MOST_BYTES) end(false);
        });
        response.once('end', () => end(response.complete));
        response.once('error', () => end(false));
      });
      asking.end();
    });
  } finally {
    connection.destroy();
  }
}
