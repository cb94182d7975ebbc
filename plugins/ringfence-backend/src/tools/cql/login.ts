import type { Duplex } from 'node:stream';
import type { LoginResult } from '@ringfence/backstage-plugin-ringfence-node';
import type { Credentials } from '../credentials';
import {
  BAD_CREDENTIALS,
  plainAuthResponseFrame,
  ResponseReader,
  startupFrame,
  type Response,
} from './frames';

/**
 * What Cassandra and ScyllaDB say where they refuse a login for what it is.
 * The same error code also tells of roles that could not be read, as with too
 * few nodes up: that is no refusal.
 */
const REFUSAL = /\b(incorrect|not permitted to log in)\b/i;

/**
 * Logs in over an open connection, with as few messages as that takes: no
 * discovery of the ring, no query. Ends when `stream` does.
 *
 * @param credentials - undefined to try without any
 * @throws where the stream ends or what answers is not CQL
 */
export async function login(
  stream: Duplex,
  credentials: Credentials | undefined,
): Promise<LoginResult> {
  const responses = readResponses(stream);
  const next = async () => (await responses.next()).value as Response;
  stream.write(startupFrame());
  const first = await next();
  if (first.type === 'ready') return { outcome: 'accepted' };
  if (first.type !== 'authenticate') return outcomeOf(first);
  if (!credentials) {
    return {
      outcome: 'refused',
      message: `a login is demanded (${first.authenticator})`,
    };
  }
  stream.write(
    plainAuthResponseFrame(credentials.username, credentials.password),
  );
  return outcomeOf(await next());
}

function outcomeOf(response: Response): LoginResult {
  if (response.type === 'authSuccess') return { outcome: 'accepted' };
  if (response.type !== 'error') {
    return {
      outcome: 'unreachable',
      message: `the database answered "${response.type}" to a login with user name and password`,
      remedy: 'Configure PasswordAuthenticator in the database',
    };
  }
  const { code, message } = response;
  return code === BAD_CREDENTIALS && REFUSAL.test(message)
    ? { outcome: 'refused', message }
    : {
        outcome: 'unreachable',
        message: `the database answered error 0x${code.toString(
          16,
        )}: ${message}`,
      };
}

async function* readResponses(stream: Duplex): AsyncGenerator<Response> {
  const reader = new ResponseReader();
  for await (const chunk of stream) {
    let response = reader.push(chunk);
    while (response) {
      yield response;
      response = reader.push(Buffer.alloc(0));
    }
  }
  throw new Error('the connection was closed before the login had ended');
}
