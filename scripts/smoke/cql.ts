import { strict as assert } from 'node:assert';
import { Client, auth, policies } from 'cassandra-driver';

/** How to reach the database as a role. */
export interface CqlTarget {
  readonly host: string;
  readonly port: number;
  readonly datacenter: string;
  readonly username: string;
  readonly password: string;
}

/** A driver that dials the given address alone, never the nodes' own. */
function createClient({
  host,
  port,
  datacenter,
  username,
  password,
}: CqlTarget) {
  const contactPoint = `${host}:${port}`;
  const { AllowListPolicy, DCAwareRoundRobinPolicy } = policies.loadBalancing;
  return new Client({
    contactPoints: [contactPoint],
    localDataCenter: datacenter,
    authProvider: new auth.PlainTextAuthProvider(username, password),
    policies: {
      loadBalancing: new AllowListPolicy(
        new DCAwareRoundRobinPolicy(datacenter),
        [contactPoint],
      ),
    },
    socketOptions: { connectTimeout: 10_000, readTimeout: 20_000 },
  });
}

/** Connects and runs `work`. @throws what the driver throws, such as a refused login */
export async function withClient<T>(
  target: CqlTarget,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = createClient(target);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.shutdown();
  }
}

/** Keyspace, table, three inserts, select; asserts that the rows come back. */
export function runSequence(target: CqlTarget): Promise<string> {
  return withClient(target, async client => {
    await client.execute(
      "CREATE KEYSPACE smoke WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 3}",
    );
    await client.execute(
      'CREATE TABLE smoke.animals (id int PRIMARY KEY, name text)',
    );
    const names = ['aardvark', 'badger', 'capybara'];
    for (const [id, name] of names.entries()) {
      await client.execute(
        'INSERT INTO smoke.animals (id, name) VALUES (?, ?)',
        [id, name],
        { prepare: true },
      );
    }
    const { rows } = await client.execute('SELECT id, name FROM smoke.animals');
    const read = rows.map(row => row.name).sort();
    assert.deepEqual(read, names);
    return `read back ${read.join(', ')}`;
  });
}
