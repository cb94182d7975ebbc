import {
  NotAllowedError,
  ServiceUnavailableError,
  toError,
} from '@backstage/errors';
import { hostPort } from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  CqlSession,
  KubernetesCluster,
  Login,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { auth, Client, policies, type ClientOptions } from 'cassandra-driver';
import { openContact, type Contact } from './contact';
import { credentialsOf, type Credentials } from './credentials';
import { placeOf } from './routes';
import { tryLogin } from './tryLogin';

const CONNECT_TIMEOUT_MS = 10_000;
/** Schema changes of a ring that has only begun take their time. */
const READ_TIMEOUT_MS = 30_000;

/**
 * Opens a CQL session that talks to one address only.
 *
 * @throws NotAllowedError where the database refuses the login
 * @throws ServiceUnavailableError where it cannot be reached
 */
export async function openSession(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  login: Login,
  via: Via,
): Promise<CqlSession> {
  // The driver waits out its time where a connection ends early, and has few
  // words for what a handshake ran into: ask first.
  await requireLogin(kubernetes, database, login, via);
  const credentials = await credentialsOf(kubernetes, database, login);
  const contact = await openContact(kubernetes, database, via);
  const client = new Client(clientOptions(contact, credentials));
  const close = () => client.shutdown().finally(() => contact.close());
  try {
    await client.connect();
  } catch (error) {
    await close();
    throw new ServiceUnavailableError(
      `No CQL session at ${placeOf(database, via)}: ${toError(error).message}`,
    );
  }
  return {
    async execute(query, params) {
      const { rows } = await client.execute(query, params && [...params], {
        prepare: params !== undefined,
      });
      return (rows ?? []).map(row => ({ ...row }));
    },
    close,
  };
}

async function requireLogin(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  login: Login,
  via: Via,
): Promise<void> {
  const result = await tryLogin(kubernetes, database, login, via);
  if (result.outcome === 'accepted') return;
  if (result.outcome === 'unreachable') {
    const { message, remedy } = result;
    throw new ServiceUnavailableError(
      remedy ? `${message}. ${remedy}` : message,
    );
  }
  throw new NotAllowedError(
    `The database refused the login at ${placeOf(database, via)}: ${
      result.message
    }`,
  );
}

function clientOptions(
  { address, port, sslOptions }: Contact,
  credentials: Credentials | undefined,
): ClientOptions {
  const { AllowListPolicy, RoundRobinPolicy } = policies.loadBalancing;
  return {
    contactPoints: [hostPort(address, port)],
    // The nodes' own addresses cannot be reached from here: dial none of them.
    policies: {
      loadBalancing: new AllowListPolicy(new RoundRobinPolicy(), [
        `${address}:${port}`,
      ]),
    },
    ...(credentials && {
      authProvider: new auth.PlainTextAuthProvider(
        credentials.username,
        credentials.password,
      ),
    }),
    ...(sslOptions && { sslOptions }),
    socketOptions: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      readTimeout: READ_TIMEOUT_MS,
    },
    // No one asks this client for the schema.
    isMetadataSyncEnabled: false,
  };
}
