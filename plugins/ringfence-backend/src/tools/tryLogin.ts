import { toError } from '@backstage/errors';
import { DialError } from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  KubernetesCluster,
  Login,
  LoginResult,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { abortable } from './abortable';
import { login as logInToCql } from './cql/login';
import { credentialsOf } from './credentials';
import { login as logInToIgnite } from './ignite/login';
import { inWords, openRoute, placeOf } from './routes';

const TIMEOUT_MS = 10_000;

/** What a database speaks. */
export type Protocol = AccessRecipe['protocol'];

const LOGINS = { cql: logInToCql, ignite: logInToIgnite } as const;

/**
 * Tries to log in over one connection and says what came of it; throws
 * nothing. Only the database's own refusal is `refused`.
 */
export async function tryLogin(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  login: Login,
  via: Via,
  options: { signal?: AbortSignal; protocol?: Protocol } = {},
): Promise<LoginResult> {
  const place = placeOf(database, via);
  const controller = new AbortController();
  const abort = () => controller.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  const timer = setTimeout(
    () =>
      controller.abort(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
    TIMEOUT_MS,
  );
  try {
    return await abortable(
      attempt({
        ...{ kubernetes, database, login, via },
        protocol: options.protocol ?? 'cql',
        signal: controller.signal,
      }),
      controller.signal,
    );
  } catch (error) {
    return {
      outcome: 'unreachable',
      message: `No login at ${place}: ${toError(error).message}`,
      ...(error instanceof DialError && { remedy: error.remedy }),
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}

interface Attempt {
  readonly kubernetes: KubernetesCluster;
  readonly database: DatabaseRef;
  readonly login: Login;
  readonly via: Via;
  readonly protocol: Protocol;
  readonly signal: AbortSignal;
}

async function attempt({
  kubernetes,
  database,
  login,
  via,
  protocol,
  signal,
}: Attempt): Promise<LoginResult> {
  const credentials = await credentialsOf(kubernetes, database, login);
  const startedMs = performance.now();
  const stream = await openRoute(kubernetes, database, via, signal);
  const destroy = () => stream.destroy(signal.reason);
  try {
    // A stream that breaks without a reader would end the process.
    stream.on('error', () => {});
    signal.addEventListener('abort', destroy, { once: true });
    signal.throwIfAborted();
    const result = await LOGINS[protocol](stream, credentials).catch(error => {
      throw inWords(error, via);
    });
    return result.outcome === 'accepted'
      ? { ...result, tookMs: Math.round(performance.now() - startedMs) }
      : result;
  } finally {
    signal.removeEventListener('abort', destroy);
    stream.destroy();
  }
}
