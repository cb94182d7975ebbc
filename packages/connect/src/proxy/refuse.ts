import { once } from 'node:events';
import type net from 'node:net';
import { CQL, errorFrame, isRequest } from '../cql/frames';

/** A client that says nothing is not waited for. */
const PATIENCE_MS = 1_000;

/**
 * Closes a client's connection; one that speaks CQL is told why, in the words
 * that its driver then shows.
 */
export async function refuse(client: net.Socket, why: string): Promise<void> {
  client.setTimeout(PATIENCE_MS, () => client.destroy());
  // It was accepted paused.
  client.resume();
  try {
    const [first] = (await once(client, 'data')) as [Buffer];
    if (isRequest(first)) {
      client.end(errorFrame(first, CQL.overloaded, why));
    } else {
      client.destroy();
    }
  } catch {
    client.destroy();
  }
}
