import type { Action } from '../blueprint';
import type { CqlSession, DatabaseTools, Login, Via } from '../tools';
import { quoteIdentifier, quoteText } from './cql';
import { names, type Named } from './names';
import { untilAccepted, untilRefused, type PublicLogin } from './publicLogin';

/** Nothing reads faster from more replicas of a few roles, and fewer lose logins with a node. */
const MAX_AUTH_REPLICAS = 3;

/** What role actions act on. */
export type RolesOptions =
  | {
      /** Where nodes take CQL, of which the first is asked. */
      readonly port: number;
    }
  | {
      /** The way to a node, where it is not that one. */
      readonly via: Via;
    };

/** The first pod, through the API server: before the route exists nobody else gets in. */
function firstPod(spec: Named, options: RolesOptions): Via {
  return 'via' in options
    ? options.via
    : { pod: names.pod(spec, 0), port: options.port };
}

/**
 * Makes the superuser by means of a login that is public knowledge, where the
 * database started with one.
 */
export function createSuperuser(
  spec: Named,
  publicLogin: PublicLogin,
  options: RolesOptions,
): Action {
  const via = firstPod(spec, options);
  const secret = names.superuserSecret(spec);
  return {
    name: `make the superuser of Secret "${secret}"`,
    run: async (tools, signal) => {
      const own = await tools.tryLogin({ secret }, via, { signal });
      if (own.outcome === 'accepted') return 'the superuser is there';
      const { username, password } = await readLogin(tools, secret);
      await untilAccepted(tools, publicLogin, via, signal);
      const role = quoteIdentifier(username);
      await withSession(tools, publicLogin, via, async session => {
        await executeSecretly(
          session,
          `CREATE ROLE IF NOT EXISTS ${role} WITH PASSWORD = ${quoteText(
            password,
          )} AND SUPERUSER = true AND LOGIN = true`,
          password,
        );
      });
      return `made superuser "${username}"`;
    },
  };
}

/**
 * Takes superuser rights, login and password from a login that is public
 * knowledge. It is not dropped: some versions make it again where it is missing.
 */
export function disablePublicLogin(
  spec: Named,
  publicLogin: PublicLogin,
  options: RolesOptions,
): Action {
  const via = firstPod(spec, options);
  return {
    name: `disable the public login "${publicLogin.username}"`,
    run: async (tools, signal) => {
      const found = await tools.tryLogin(publicLogin, via, { signal });
      if (found.outcome === 'refused') {
        return `public login "${publicLogin.username}" is refused`;
      }
      const superuser = { secret: names.superuserSecret(spec) };
      await withSession(tools, superuser, via, session =>
        session.execute(
          `ALTER ROLE ${quoteIdentifier(
            publicLogin.username,
          )} WITH SUPERUSER = false AND LOGIN = false`,
        ),
      );
      await untilRefused(tools, publicLogin, via, signal);
      return `disabled public login "${publicLogin.username}"`;
    },
  };
}

/**
 * Makes the role that clients use, which is no superuser: it may create
 * keyspaces, and owns what it creates (the database grants the creator all
 * rights on it). Where it exists its password becomes the Secret's.
 */
export function createApplicationRole(
  spec: Named,
  options: RolesOptions,
): Action {
  const via = firstPod(spec, options);
  const secret = names.applicationSecret(spec);
  return {
    name: `make the application role of Secret "${secret}"`,
    run: async (tools, signal) => {
      const { username, password } = await readLogin(tools, secret);
      const role = quoteIdentifier(username);
      const works = async () => {
        const { outcome } = await tools.tryLogin({ secret }, via, { signal });
        return outcome === 'accepted';
      };
      const worked = await works();
      const superuser = { secret: names.superuserSecret(spec) };
      await withSession(tools, superuser, via, async session => {
        if (!worked) await setPassword(session, role, password, works);
        await session.execute(`GRANT CREATE ON ALL KEYSPACES TO ${role}`);
      });
      return worked
        ? `application role "${username}" is there`
        : `made application role "${username}", which may create keyspaces and owns what it creates`;
    },
  };
}

/**
 * Makes a role, or changes the one there is. Not both at once: Cassandra 5.0.8
 * changes a role's password every 5 s at most.
 */
async function setPassword(
  session: CqlSession,
  role: string,
  password: string,
  works: () => Promise<boolean>,
): Promise<void> {
  const settings = `${role} WITH PASSWORD = ${quoteText(
    password,
  )} AND SUPERUSER = false AND LOGIN = true`;
  const make = `CREATE ROLE IF NOT EXISTS ${settings}`;
  await executeSecretly(session, make, password);
  if (await works()) return;
  await executeSecretly(session, `ALTER ROLE ${settings}`, password);
}

export type AuthReplicationOptions = RolesOptions & {
  readonly container: string;
  readonly datacenter: string;
  readonly replicas: number;
  /** Name of a pod. @default `<database>-<ordinal>` */
  readonly podName?: (ordinal: number) => string;
};

/**
 * Raises the replication of `system_auth` with the nodes: with one replica a
 * login fails when its node is down. ScyllaDB keeps roles elsewhere, on every
 * node, since 6.0; there is nothing to do then.
 */
export function replicateAuth(
  spec: Named,
  options: AuthReplicationOptions,
): Action {
  const via = firstPod(spec, options);
  const wanted = Math.min(options.replicas, MAX_AUTH_REPLICAS);
  return {
    name: 'replicate roles to several nodes',
    run: async (tools, signal) => {
      const superuser = { secret: names.superuserSecret(spec) };
      const found = await withSession(tools, superuser, via, session =>
        alterAuthReplication(session, options.datacenter, wanted),
      );
      if (found === 'everywhere') {
        return 'the database keeps roles on every node';
      }
      // The application role is made after this. Where it is missing, a run may
      // have ended between the change and the repair.
      const application = { secret: names.applicationSecret(spec) };
      const isRepaired = async () =>
        (await tools.tryLogin(application, via, { signal })).outcome ===
        'accepted';
      if (found === 'altered' || (found === 'ours' && !(await isRepaired()))) {
        await repairAuth(spec, tools, options, { wanted, signal });
      }
      return `roles are on ${wanted} ${wanted === 1 ? 'node' : 'nodes'}`;
    },
  };
}

async function alterAuthReplication(
  session: CqlSession,
  datacenter: string,
  wanted: number,
): Promise<'everywhere' | 'enough' | 'ours' | 'altered'> {
  const [keyspace] = await session.execute(
    "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'system_auth'",
  );
  const replication = keyspace?.replication as Replication | undefined;
  // A LocalStrategy is on every node too, and cannot be altered.
  if (!replication || /LocalStrategy$/.test(replication.class ?? '')) {
    return 'everywhere';
  }
  if (replicasIn(replication, datacenter) >= wanted) {
    // By datacenter: as it is altered below.
    return replication[datacenter] === undefined ? 'enough' : 'ours';
  }
  await session.execute(
    `ALTER KEYSPACE system_auth WITH replication = {'class': 'NetworkTopologyStrategy', ${quoteText(
      datacenter,
    )}: ${wanted}}`,
  );
  return 'altered';
}

type Replication = Readonly<Record<string, string | undefined>>;

/** By datacenter with NetworkTopologyStrategy, in all with SimpleStrategy. */
function replicasIn(replication: Replication, datacenter: string): number {
  return Number(replication[datacenter] ?? replication.replication_factor ?? 0);
}

/** Brings the roles that exist to their new replicas; a node's repair covers what it replicates. */
async function repairAuth(
  spec: Named,
  tools: DatabaseTools,
  { container, replicas, podName }: AuthReplicationOptions,
  { wanted, signal }: { wanted: number; signal: AbortSignal },
): Promise<void> {
  const nodes = replicas > wanted ? replicas : 1;
  for (let ordinal = 0; ordinal < nodes; ordinal += 1) {
    signal.throwIfAborted();
    const pod = podName?.(ordinal) ?? names.pod(spec, ordinal);
    const command = ['nodetool', 'repair', '-full', 'system_auth'];
    const result = await tools.exec({ pod, container }, command);
    if (result.exitCode !== 0) {
      throw new Error(
        `Repair of system_auth failed in pod "${
          spec.namespace
        }/${pod}": ${result.stderr.trim()}. ` +
          `Run it by hand: kubectl exec -n ${
            spec.namespace
          } ${pod} -c ${container} -- ${command.join(' ')}`,
      );
    }
  }
}

async function readLogin(tools: DatabaseTools, secret: string) {
  const { username, password } = await tools.secret(secret);
  return { username: username.reveal(), password: password.reveal() };
}

/** Role statements take no parameters, and a database may quote a statement in its error. */
async function executeSecretly(
  session: CqlSession,
  statement: string,
  secret: string,
): Promise<void> {
  try {
    await session.execute(statement);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(message.split(secret).join('[redacted]'));
  }
}

async function withSession<T>(
  tools: DatabaseTools,
  login: Login,
  via: Via,
  use: (session: CqlSession) => Promise<T>,
): Promise<T> {
  const session = await tools.cql(login, via);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}
