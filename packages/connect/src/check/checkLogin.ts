import type { Connection } from '@ringfence/connection';
import {
  clientCertificateError,
  hostPort,
  verifiedTlsOptions,
  type DialTarget,
} from '@ringfence/connection/dial';
import type { Client, errors } from 'cassandra-driver';
import { StepError } from './steps';

/** For each answer: the driver does not notice a database that hangs up, and waits this long. */
const TIMEOUT_MS = 5_000;

/** Who to log in as. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What a login showed. */
export interface LoginShown {
  readonly loginText: string;
  /** Absent without a login. */
  readonly ring?: string;
}

/**
 * Logs in through the gateway and asks for the ring; without a password finds
 * out that one is asked for.
 *
 * @throws StepError of step `login` or `ring`
 */
export async function checkLogin(
  target: DialTarget,
  { cql }: Connection,
  login: Login | undefined,
): Promise<LoginShown> {
  const client = await open(target, cql?.datacenter ?? '', login);
  try {
    await client.connect();
    if (!login) throw openToAll(target);
    return {
      loginText: `accepted as ${login.username}`,
      ring: await askRing(client),
    };
  } catch (error) {
    if (error instanceof StepError) throw error;
    const why = rootOf(error as Error);
    if (why.name !== 'AuthenticationError') throw unanswered(target, why);
    if (login) throw refused(login, why);
    return {
      loginText: 'a password is asked for; set CASSANDRA_PASSWORD to log in',
    };
  } finally {
    await client.shutdown();
  }
}

async function open(
  target: DialTarget,
  localDataCenter: string,
  login: Login | undefined,
): Promise<Client> {
  const { Client: CassandraClient, policies } = await import(
    'cassandra-driver'
  );
  const { AllowListPolicy, DCAwareRoundRobinPolicy } = policies.loadBalancing;
  const gateway = hostPort(target.host, target.port);
  return new CassandraClient({
    contactPoints: [gateway],
    localDataCenter,
    credentials: login,
    sslOptions: verifiedTlsOptions(target),
    // The nodes' own addresses must not be dialled.
    policies: {
      loadBalancing: new AllowListPolicy(
        new DCAwareRoundRobinPolicy(localDataCenter),
        [gateway],
      ),
    },
    socketOptions: { connectTimeout: TIMEOUT_MS, readTimeout: TIMEOUT_MS },
  });
}

async function askRing(client: Client): Promise<string> {
  const versions = new Set<string>();
  let nodes = 0;
  for (const table of ['system.local', 'system.peers']) {
    const { rows } = await client.execute(
      `SELECT schema_version FROM ${table}`,
    );
    rows.forEach(row => versions.add(String(row.schema_version)));
    nodes += rows.length;
  }
  if (versions.size > 1) {
    throw new StepError(
      'ring',
      `The ${nodes} nodes of the ring have ${versions.size} versions of the schema`,
      'Wait a minute and check again; if it stays, see the ring on the page of the database in the portal',
    );
  }
  return `${nodes} ${nodes === 1 ? 'node' : 'nodes'}, one schema`;
}

/** The driver wraps what a host said into "no host available". */
function rootOf(error: Error): Error {
  const { innerErrors } = error as errors.NoHostAvailableError;
  const [first] = Object.values(innerErrors ?? {});
  return first instanceof Error ? rootOf(first) : error;
}

function openToAll(target: DialTarget): StepError {
  return new StepError(
    'login',
    `The database behind ${hostPort(
      target.host,
      target.port,
    )} lets clients in without a login`,
    'Tell the owner of the database: its authentication is off',
  );
}

function refused({ username }: Login, cause: Error): StepError {
  return new StepError(
    'login',
    `The database refused "${username}": ${cause.message}`,
    'Check CASSANDRA_USERNAME and CASSANDRA_PASSWORD; an owner can have the password shown in the portal',
    cause,
  );
}

function unanswered(target: DialTarget, cause: Error): StepError {
  const unwelcome = clientCertificateError(cause, target);
  if (unwelcome) {
    return new StepError('login', unwelcome.message, unwelcome.remedy, cause);
  }
  return new StepError(
    'login',
    `The gateway at ${hostPort(
      target.host,
      target.port,
    )} answers, and the database behind it does not: ${cause.message}`,
    'See on the page of the database in the portal whether its nodes are up',
    cause,
  );
}
