import { auth, Client, policies } from 'cassandra-driver';

/** How to log in. */
export interface CqlLogin {
  readonly username: string;
  readonly password: string;
}

/** Opens a session that talks to one node only. */
export async function connectTo(
  address: string,
  { username, password }: CqlLogin,
  datacenter = 'dc1',
): Promise<Client> {
  const client = new Client({
    contactPoints: [`${address}:9042`],
    localDataCenter: datacenter,
    authProvider: new auth.PlainTextAuthProvider(username, password),
    policies: {
      loadBalancing: new policies.loadBalancing.AllowListPolicy(
        new policies.loadBalancing.RoundRobinPolicy(),
        [`${address}:9042`],
      ),
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(200),
    },
  });
  try {
    await client.connect();
  } catch (error) {
    await client.shutdown();
    throw innermost(error);
  }
  return client;
}

/** Runs something in a session, which is closed after. */
export async function withSession<T>(
  address: string,
  login: CqlLogin,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectTo(address, login);
  try {
    return await use(client);
  } finally {
    await client.shutdown();
  }
}

/** What a host said, where the driver says only that none could be used. */
function innermost(error: unknown): unknown {
  const inner = (error as { innerErrors?: Record<string, unknown> })
    .innerErrors;
  return (inner && Object.values(inner)[0]) ?? error;
}
