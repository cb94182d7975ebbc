import {
  NotAllowedError,
  ServiceUnavailableError,
  toError,
} from '@backstage/errors';
import { DialError } from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  IgniteSession,
  KubernetesCluster,
  Login,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { abortable } from './abortable';
import { credentialsOf } from './credentials';
import { Connection, type Opened } from './ignite/Connection';
import { createSession } from './ignite/session';
import { inWords, openRoute, placeOf } from './routes';

const CONNECT_TIMEOUT_MS = 10_000;
/** A change of state, or of the baseline, moves data. */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Opens a session of Ignite's thin client over one connection.
 *
 * @throws NotAllowedError where the database refuses the login
 * @throws ServiceUnavailableError where it cannot be reached
 */
export async function openIgniteSession(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  login: Login,
  via: Via,
): Promise<IgniteSession> {
  const place = placeOf(database, via);
  const { opened, stream } = await connect(
    kubernetes,
    database,
    login,
    via,
  ).catch(error => {
    const remedy = error instanceof DialError ? `. ${error.remedy}` : '';
    throw new ServiceUnavailableError(
      `No session of Ignite at ${place}: ${toError(error).message}${remedy}`,
    );
  });
  if (opened.outcome !== 'accepted') {
    stream.destroy();
    throw notOpened(opened, place);
  }
  const session = createSession(opened.connection);
  const inTime = <T>(work: Promise<T>) => answeredInTime(work, stream, place);
  return {
    query: (sql, args) => inTime(session.query(sql, args)),
    state: () => inTime(session.state()),
    setState: state => inTime(session.setState(state)),
    serverNodes: () => inTime(session.serverNodes()),
    close: async () => {
      stream.destroy();
    },
  };
}

async function connect(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  login: Login,
  via: Via,
) {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(
    () =>
      controller.abort(
        new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`),
      ),
    CONNECT_TIMEOUT_MS,
  );
  try {
    const credentials = await credentialsOf(kubernetes, database, login);
    const opening = openRoute(kubernetes, database, via, signal);
    // One that comes about after the time is over has no reader.
    opening.then(late => signal.aborted && late.destroy()).catch(() => {});
    const stream = await abortable(opening, signal);
    // A stream that breaks without a reader would end the process.
    stream.on('error', () => {});
    try {
      const opened = await abortable(
        Connection.open(stream, credentials),
        signal,
      );
      return { opened, stream };
    } catch (error) {
      stream.destroy();
      throw inWords(error, via);
    }
  } finally {
    clearTimeout(timer);
  }
}

function notOpened(
  opened: Exclude<Opened, { outcome: 'accepted' }>,
  place: string,
): Error {
  if (opened.outcome === 'refused') {
    return new NotAllowedError(
      `The database refused the login at ${place}: ${opened.message}`,
    );
  }
  const { message, remedy } = opened;
  return new ServiceUnavailableError(
    `No session of Ignite at ${place}: ${message}${
      remedy ? `. ${remedy}` : ''
    }`,
  );
}

/** Ends the connection of whoever does not answer: an answer that comes later would be taken for another's. */
async function answeredInTime<T>(
  work: Promise<T>,
  stream: { destroy(error: Error): void },
  place: string,
): Promise<T> {
  const timer = setTimeout(
    () =>
      stream.destroy(
        new Error(
          `Ignite at ${place} gave no answer within ${
            ANSWER_TIMEOUT_MS / 1000
          } s`,
        ),
      ),
    ANSWER_TIMEOUT_MS,
  );
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
