import { randomBytes } from 'node:crypto';
import { auth, Client, errors, policies, types } from 'cassandra-driver';
import { CQL_PORT, type RingLogin } from '../ring';

/** As a new Cassandra has it; everybody knows it. */
export const PUBLIC_LOGIN: RingLogin = {
  username: 'cassandra',
  password: 'cassandra',
  superuser: true,
};

/** Where and how to log in. */
export interface NodeAddress {
  readonly address: string;
  /** @defaultValue 9042 */
  readonly port?: number;
  readonly datacenter: string;
}

/**
 * Runs something in a session with one node only.
 *
 * @throws what the node said
 */
export async function withSession<T>(
  { address, port = CQL_PORT, datacenter }: NodeAddress,
  { username, password }: RingLogin,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const host = `${address}:${port}`;
  const client = new Client({
    contactPoints: [host],
    localDataCenter: datacenter,
    authProvider: new auth.PlainTextAuthProvider(username, password),
    policies: {
      loadBalancing: new policies.loadBalancing.AllowListPolicy(
        new policies.loadBalancing.RoundRobinPolicy(),
        [host],
      ),
    },
  });
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    throw reasonOf(error);
  } finally {
    await client.shutdown();
  }
}

/**
 * Whether the node takes the login: `false` where it says no.
 *
 * @throws where it could not decide, such as while too few nodes are up
 */
export async function takesLogin(
  node: NodeAddress,
  login: RingLogin,
): Promise<boolean> {
  try {
    await withSession(node, login, async () => {});
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** Whether a node has decided that a login may not come in. */
export function isRefusal(error: unknown): boolean {
  // It answers with this kind of error too where it could not read the roles.
  return (
    error instanceof errors.AuthenticationError &&
    /incorrect|not permitted/.test(error.message)
  );
}

/**
 * Makes the superuser and disables the public login. May be run again.
 *
 * @throws where neither may log in
 */
export async function replacePublicLogin(
  node: NodeAddress,
  superuser: RingLogin,
): Promise<void> {
  const { username, password } = superuser;
  if (username === PUBLIC_LOGIN.username) {
    if (await takesLogin(node, superuser)) return;
    await withSession(node, PUBLIC_LOGIN, client =>
      client.execute(`ALTER ROLE cassandra WITH PASSWORD = ${quote(password)}`),
    );
    return;
  }
  if (!(await takesLogin(node, superuser))) {
    await withSession(node, PUBLIC_LOGIN, client =>
      client.execute(
        `CREATE ROLE "${username.replaceAll(
          '"',
          '""',
        )}" WITH SUPERUSER = true AND LOGIN = true AND PASSWORD = ${quote(
          password,
        )}`,
      ),
    );
  }
  const unknown = quote(randomBytes(24).toString('hex'));
  await withSession(node, superuser, client =>
    client.execute(
      `ALTER ROLE cassandra WITH SUPERUSER = false AND LOGIN = false AND PASSWORD = ${unknown}`,
    ),
  );
}

/**
 * Keeps the logins on so many nodes. May be run again.
 *
 * @throws while one of these nodes is down
 */
export async function replicateLogins(
  node: NodeAddress,
  login: RingLogin,
  replicas: number,
): Promise<void> {
  await withSession(node, login, async client => {
    await client.execute(
      `ALTER KEYSPACE system_auth WITH replication = {'class': 'SimpleStrategy', 'replication_factor': ${replicas}}`,
    );
    const tables = await client.execute(
      "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'system_auth'",
    );
    for (const table of tables.rows) {
      // Reading from all copies mends those that miss something (read repair).
      await client.execute(
        `SELECT * FROM system_auth.${table.get('table_name')}`,
        [],
        { consistency: types.consistencies.all },
      );
    }
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What the one host said, where the driver says only that none could be used. */
function reasonOf(error: unknown): unknown {
  const { innerErrors } = error as { innerErrors?: Record<string, unknown> };
  return (innerErrors && Object.values(innerErrors)[0]) ?? error;
}
