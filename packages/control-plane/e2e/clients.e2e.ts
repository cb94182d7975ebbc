import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, until, type Cluster } from '../src';
import { chooseClients } from './support/clients/clients';
import {
  fetchDrivers,
  GO_MOD_FILE,
  POM_FILE,
  SCYLLA_POM_FILE,
} from './support/clients/drivers';
import { CARGO_FILE, fetchRust } from './support/clients/rust';
import {
  forAnotherName,
  fromAnotherCa,
  readIdentity,
  serve,
  type Identity,
} from './support/clients/impostor';
import type { LiveRun } from './support/clients/LiveRun';
import { Runs } from './support/clients/Runs';
import { startOwnPortal, unpackBundle } from './support/clients/world';
import { readWay, type Way } from './support/cql';
import { TestDatabase } from './support/databases';
import type { TestPortal } from './support/portal';
import { rotate } from './support/rotation';

jest.setTimeout(600_000);

const SPEC = {
  name: 'orders',
  namespace: 'orders',
  owner: 'group:default/payments',
};
/** What the nodes say that they are. */
const CASSANDRA = '5.0.8';
/** All, unless some are named, such as `Java,Node`. */
const clients = chooseClients(process.env.E2E_CLIENTS);
/** With two cores for all of them. */
const ANSWERED_WITHIN_MS = 120_000;
const NODE_WITHIN_MS = 240_000;
const SECRET = { namespace: SPEC.namespace, secret: `${SPEC.name}-tls` };

let directory: string;
let bundle: string;
let cluster: Cluster;
let portal: TestPortal | undefined;
let way: Way;
let serverName: string;
let runs: Runs;

/** CQL for one client: what it reads back nobody else can have written. */
async function writeStatements(index: number): Promise<string> {
  const file = join(directory, `statements-${index}.cql`);
  const table = `clients_${index}.carts`;
  const statements = [
    `CREATE KEYSPACE clients_${index} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3};`,
    `CREATE TABLE ${table} (id int PRIMARY KEY, name text);`,
    `INSERT INTO ${table} (id, name) VALUES (1, 'cart of client ${index}');`,
    `SELECT name FROM ${table} WHERE id = 1;`,
  ];
  await writeFile(file, `${statements.join('\n')}\n`);
  return file;
}

/** Downloads the bundle as its owner, and unpacks it. */
async function getBundle(): Promise<{ password: string }> {
  portal = await startOwnPortal(cluster, directory);
  const database = new TestDatabase(portal.ada, SPEC);
  await database.provision();
  await unpackBundle(database, bundle);
  const login = await database.reveal();
  await portal.stop();
  portal = undefined;
  return login;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-clients-'));
  bundle = join(directory, 'bundle');
  const drivers = await fetchDrivers(() => {});
  if (clients.some(({ isRust }) => isRust)) await fetchRust(() => {});
  cluster = await startCluster({ log: () => {} });
  const { password } = await getBundle();
  way = await readWay(cluster, SPEC);
  runs = new Runs({ drivers, bundle, password });
  const connection = await readFile(join(bundle, 'connection.json'), 'utf8');
  serverName = JSON.parse(connection).tls.serverName;
});

afterAll(async () => {
  if (runs) process.stderr.write(runs.table());
  runs?.stop();
  await portal?.stop();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

it.each([
  ['java/pom.xml', POM_FILE],
  ['java-scylla/pom.xml', SCYLLA_POM_FILE],
  ['go/go.mod', GO_MOD_FILE],
  ['rust/Cargo.toml', CARGO_FILE],
])("fetched what the bundle's %s asks for", async (path, file) => {
  const asked = await readFile(join(bundle, path), 'utf8');
  expect(asked).toBe(await readFile(file, 'utf8'));
});

describe.each(clients.map((client, index) => ({ client, index })))(
  '$client.name $client.version',
  ({ client, index }) => {
    it("connects with the bundle's own files", async () => {
      const setup = await runs.run(client, 'setup', client.setup);
      expect(setup).toEqual({ exitCode: 0, output: expect.any(String) });
      expect(await runs.run(client, 'example', client.example)).toEqual({
        exitCode: 0,
        output: expect.stringContaining(CASSANDRA),
      });
    });

    it('creates, inserts and selects', async () => {
      const file = await writeStatements(index);
      const { statements } = client;
      expect(await runs.run(client, 'statements', statements, file)).toEqual({
        exitCode: 0,
        output: expect.stringContaining(`cart of client ${index}`),
      });
    });
  },
);

describe('while they run', () => {
  let live: LiveRun[];
  let stop: string;

  beforeAll(async () => {
    stop = join(directory, 'stop');
    live = [];
    for (const [index, client] of clients.entries()) {
      if (!client.isLongLived) continue;
      const file = join(directory, `live-${index}.cql`);
      const statement = `SELECT name FROM clients_${index}.carts WHERE id = 1;`;
      await writeFile(file, `REPEAT ${stop} ${statement}\n`);
      live.push(runs.start(client, file));
    }
    await untilAllAnswer('the clients run');
  });

  /** Each client has this many answers one after another, from now on. */
  async function untilAllAnswer(what: string, inARow = 20): Promise<boolean> {
    for (const run of live) run.forget();
    return until(what, ANSWERED_WITHIN_MS, async () =>
      live.every(run => run.has(inARow)),
    );
  }

  const failures = () =>
    Object.fromEntries(live.map(({ name, failed }) => [name, failed]));

  it('notice nothing of a rotated certificate', async () => {
    const before = failures();
    const certificate = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      namespace: SPEC.namespace,
      name: SECRET.secret,
    };
    await rotate(cluster.kubernetes, certificate, way);
    await untilAllAnswer('all answer under the new certificate');
    expect(failures()).toEqual(before);
  });

  it('go on when a node stops, and when it has come back', async () => {
    const pod = `pod/${SPEC.name}-1`;
    const inNamespace = ['-n', SPEC.namespace];
    await cluster.kubectl(['delete', pod, '--wait', ...inNamespace]);
    expect(await untilAllAnswer('all answer without the node')).toBe(true);
    await until('the node is back', NODE_WITHIN_MS, async () => {
      const wait = ['--for=condition=Ready', '--timeout=5s'];
      await cluster.kubectl(['wait', pod, ...wait, ...inNamespace]);
      return true;
    });
    expect(await untilAllAnswer('all answer with it back', 50)).toBe(true);
  });

  it('end in good order, and tell how many statements failed', async () => {
    await writeFile(stop, '');
    for (const run of live) {
      expect({ [run.name]: await run.end() }).toEqual({ [run.name]: 0 });
      process.stderr.write(
        `${run.name}: ${run.failed.length} of ${
          run.failed.length + run.succeeded
        } statements failed while a node stopped and came back\n`,
      );
    }
  });
});

describe('where somebody else answers', () => {
  let own: Identity;
  let otherName: Identity;

  beforeAll(async () => {
    own = await readIdentity(
      cluster,
      SPEC.namespace,
      SECRET.secret,
      serverName,
    );
    otherName = await forAnotherName(cluster, SPEC);
    // It would mend the Secret.
    await cluster.stopCertManager();
  });

  describe('with a certificate from another CA of the same name', () => {
    beforeAll(async () => {
      const impostor = await fromAnotherCa(way, serverName);
      await serve(cluster, way, SECRET, impostor);
    });

    it.each(clients)('$name refuses', async client => {
      const run = await runs.run(client, 'wrong CA', client.example);
      expect(run.output).toMatch(client.refusals.wrongCa);
      expect(run.exitCode).not.toBe(0);
    });
  });

  describe('with a certificate of the right CA for another name', () => {
    beforeAll(() => serve(cluster, way, SECRET, otherName));

    it.each(clients)('$name refuses', async client => {
      const run = await runs.run(client, 'wrong name', client.example);
      expect(run.output).toMatch(client.refusals.wrongName);
      expect(run.exitCode).not.toBe(0);
    });
  });

  it('all connect again once it is the gateway', async () => {
    await serve(cluster, way, SECRET, own);
    for (const client of clients) {
      const run = await runs.run(client, 'again', client.example);
      expect(run).toEqual({
        exitCode: 0,
        output: expect.stringContaining(CASSANDRA),
      });
    }
  });
});
