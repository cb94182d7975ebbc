import type { Duplex } from 'node:stream';
import type { LoginResult } from '@ringfence/backstage-plugin-ringfence-node';
import type { Credentials } from '../credentials';
import { Connection } from './Connection';

/**
 * Logs in over an open connection, which a thin client does with its first
 * message. Ends when `stream` does.
 *
 * @param credentials - undefined to try without any
 * @throws where the stream ends or what answers is not Ignite
 */
export async function login(
  stream: Duplex,
  credentials: Credentials | undefined,
): Promise<LoginResult> {
  const opened = await Connection.open(stream, credentials);
  return opened.outcome === 'accepted' ? { outcome: 'accepted' } : opened;
}
