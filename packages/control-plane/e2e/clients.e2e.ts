import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCluster, type Cluster } from '../src';
import { createAccount } from '../src/account';
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
import { Runs } from './support/clients/Runs';
import { readWay, type Way } from './support/cql';
import { TestDatabase } from './support/databases';
import { startTestPortal, type TestPortal } from './support/portal';

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
  const account = await createAccount(cluster);
  portal = await startTestPortal({ kubeconfig: account.kubeconfig, directory });
  const database = new TestDatabase(portal.ada, SPEC);
  await database.provision();
  const zip = join(directory, 'bundle.zip');
  await writeFile(zip, await database.get('bundle'));
  await promisify(execFile)('python3', ['-m', 'zipfile', '-e', zip, bundle]);
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
