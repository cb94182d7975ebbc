import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, policies } from 'cassandra-driver';
import { startCluster, type Cluster } from '../src';
import { chooseClients } from './support/clients/clients';
import { fetchDrivers } from './support/clients/drivers';
import { Runs, type Run } from './support/clients/Runs';
import { fetchRust } from './support/clients/rust';
import { readLanded } from './support/clients/traces';
import {
  readConnection,
  serveNames,
  startOwnPortal,
  unpackBundle,
} from './support/clients/world';
import { readWay } from './support/cql';
import { TestDatabase } from './support/databases';
import type { TestPortal } from './support/portal';

jest.setTimeout(600_000);

const HOSTNAME = 'orders.example.com';
const SPEC = {
  name: 'orders',
  namespace: 'orders',
  owner: 'group:default/payments',
  access: {
    hostname: HOSTNAME,
    routing: 'per-node',
    clientCertificates: 'required',
  },
};
const NAMES = ['orders-0', 'orders-1', 'orders-2'].map(
  pod => `${pod}.${HOSTNAME}`,
);
const CASSANDRA = '5.0.8';
const TEAM = 'checkout';
const WITH_CERTIFICATE = `bundle?clientCertificate=${TEAM}`;
const QUERIES = 20;
const LEAST_TRACED = 12;
/** By chance it would be a third; a driver may send its first ones before it knows the nodes. */
const LEAST_AT_THE_REPLICA = 0.8;
/** All, unless some are named, such as `Java,Node`. */
const clients = chooseClients(process.env.E2E_CLIENTS);
const perNode = clients
  .map((client, index) => ({ client, index }))
  .filter(({ client }) => client.isPerNode);

let directory: string;
let cluster: Cluster;
let portal: TestPortal | undefined;
let database: TestDatabase;
let drivers: string;
let password: string;
/** With the client's certificate, and without. */
let runs: Runs;
let without: Runs;
let superuser: Client;

function runsOf(bundle: string): Runs {
  return new Runs({ drivers, bundle, password });
}

/** Downloads a bundle with the team's certificate and makes its clients ready. */
async function takeBundle(name: string): Promise<Runs> {
  const folder = join(directory, name);
  await unpackBundle(database, folder, WITH_CERTIFICATE);
  return runsOf(folder);
}

const setUp = async (them: Runs) => {
  for (const client of clients) {
    const made = await them.run(client, 'setup', client.setup);
    expect(made).toEqual({ exitCode: 0, output: expect.any(String) });
  }
};

/** One that may make keyspaces and read traces, with the certificate of the bundle. */
async function connectAsSuperuser(bundle: string): Promise<Client> {
  const way = await readWay(cluster, SPEC);
  const { data } = JSON.parse(
    await cluster.kubectl([
      ...['get', 'secret', `${SPEC.name}-superuser`],
      ...['-n', SPEC.namespace, '-o', 'json'],
    ]),
  );
  const decode = (value: string) => Buffer.from(value, 'base64').toString();
  const host = `${way.address}:9041`;
  const loadBalancing = new policies.loadBalancing.AllowListPolicy(
    new policies.loadBalancing.RoundRobinPolicy(),
    [host],
  );
  return new Client({
    contactPoints: [host],
    localDataCenter: 'datacenter1',
    credentials: {
      username: decode(data.username),
      password: decode(data.password),
    },
    sslOptions: {
      ca: [way.caPem],
      cert: await readFile(join(bundle, 'client.crt')),
      key: await readFile(join(bundle, 'client.key')),
      rejectUnauthorized: true,
    },
    policies: { loadBalancing },
  });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-clients-per-node-'));
  drivers = await fetchDrivers(() => {});
  if (clients.some(({ isRust }) => isRust)) await fetchRust(() => {});
  cluster = await startCluster({ log: () => {} });
  portal = await startOwnPortal(cluster, directory);
  database = new TestDatabase(portal.ada, SPEC);
  await database.provision();
  ({ password } = await database.reveal());
  const { address } = await readWay(cluster, SPEC);
  await serveNames(directory, address, [HOSTNAME, ...NAMES]);
  // The IDs of nodes are what the portal last saw of the ring.
  await database.get('report?refresh=true');
  await unpackBundle(database, join(directory, 'without'));
  without = runsOf(join(directory, 'without'));
  await database.issueClientCertificate(TEAM);
  runs = await takeBundle('with');
  superuser = await connectAsSuperuser(join(directory, 'with'));
});

afterAll(async () => {
  if (runs) process.stderr.write(runs.table());
  runs?.stop();
  without?.stop();
  await superuser?.shutdown();
  await portal?.stop();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

it('tells each node by its name, its address and its ID', async () => {
  const { cql } = await readConnection(join(directory, 'with'));
  const { rows } = await superuser.execute('SELECT host_id FROM system.local');
  const ids = cql.nodes.map(({ hostId }: { hostId: string }) => hostId);
  expect(ids).toContain(String(rows[0].host_id));
  expect(new Set(ids).size).toBe(3);
  expect(cql.nodes).toEqual(
    NAMES.map((serverName, ordinal) => ({
      name: `orders-${ordinal}`,
      serverName,
      address: expect.any(String),
      hostId: expect.any(String),
    })),
  );
});

describe.each(clients.map((client, index) => ({ client, index })))(
  '$client.name $client.version',
  ({ client }) => {
    it('connects with its certificate', async () => {
      const made = await runs.run(client, 'setup', client.setup);
      expect(made).toEqual({ exitCode: 0, output: expect.any(String) });
      expect(await runs.run(client, 'example', client.example)).toEqual({
        exitCode: 0,
        output: expect.stringContaining(CASSANDRA),
      });
    });

    it('is refused without one', async () => {
      await without.run(client, 'setup', client.setup);
      const run = await without.run(client, 'refused', client.example);
      expect(run.exitCode).not.toBe(0);
      expect(run.output).not.toContain(CASSANDRA);
    });
  },
);

describe('a query with a key', () => {
  beforeAll(async () => {
    await superuser.execute(
      "CREATE KEYSPACE landed WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}",
    );
    for (const { index } of perNode) {
      const table = `landed.carts_${index}`;
      await superuser.execute(
        `CREATE TABLE ${table} (id int PRIMARY KEY, name text)`,
      );
      for (let id = 1; id <= QUERIES; id++) {
        await superuser.execute(
          `INSERT INTO ${table} (id, name) VALUES (${id}, 'cart')`,
        );
      }
    }
    await superuser.execute(`GRANT SELECT ON KEYSPACE landed TO orders_app`);
  });

  it.each(perNode)(
    'of $client.name lands at its replica',
    async ({ client, index }) => {
      const statement = `SELECT name FROM landed.carts_${index} WHERE id = ?`;
      const file = join(directory, `landed-${index}.cql`);
      await writeFile(file, `TRACED ${QUERIES} ${statement}\n`);
      const run = await runs.run(client, 'landed', client.statements, file);
      expect(run).toEqual({ exitCode: 0, output: expect.any(String) });
      const landed = await readLanded(superuser, {
        statement,
        table: `carts_${index}`,
        atLeast: LEAST_TRACED,
      });
      process.stderr.write(
        `${client.name}: ${landed.atTheReplica} of ${landed.queries} queries landed at the replica\n`,
      );
      expect(landed.atTheReplica / landed.queries).toBeGreaterThanOrEqual(
        LEAST_AT_THE_REPLICA,
      );
    },
  );
});

describe('while the CA changes', () => {
  let overlap: Runs;

  beforeAll(async () => {
    await database.rotateCa('trust');
    overlap = await takeBundle('overlap');
    await setUp(overlap);
  });

  const allOf = async (them: Runs, what: string) => {
    const ended: Run[] = [];
    for (const client of clients)
      ended.push(await them.run(client, what, client.example));
    return ended;
  };

  const allConnected = () =>
    clients.map(() => ({
      exitCode: 0,
      output: expect.stringContaining(CASSANDRA),
    }));

  it('has both CAs in the bundle that is taken meanwhile', async () => {
    const { tls } = await readConnection(join(directory, 'overlap'));
    expect(tls.caSha256).toHaveLength(2);
  });

  it('lets clients with both in under the former one', async () => {
    expect(await allOf(overlap, 'former CA')).toEqual(allConnected());
  });

  it('lets them in under the next one, and nobody who has the former alone', async () => {
    await database.rotateCa('issue');
    expect(await allOf(overlap, 'next CA')).toEqual(allConnected());
    for (const client of clients) {
      const run = await runs.run(client, 'former CA alone', client.example);
      expect(run.exitCode).not.toBe(0);
      expect(run.output).toMatch(client.refusals.wrongCa);
    }
  });

  it('lets them in when the former one is trusted no more', async () => {
    await database.rotateCa('drop');
    expect(await allOf(overlap, 'CA dropped')).toEqual(allConnected());
  });
});
