import { setTimeout as delay } from 'node:timers/promises';
import {
  createBlueprintRegistry,
  createDatabaseTools,
  TeamCredentials,
} from '@ringfence/backstage-plugin-ringfence-backend';
import type { Client } from 'cassandra-driver';
import { startCluster, until, type Cluster } from '../src';
import { createAccount } from '../src/account';
import { openKubernetesCluster } from '../src/kubernetes';
import { createDriver, readWay, type Way } from './support/cql';
import { Load } from './support/load';
import {
  createProvisioner,
  endOf,
  orders,
  provision,
} from './support/provisioning';

jest.setTimeout(300_000);

const REF = { kubernetesCluster: 'control-plane', namespace: 'orders' };
const TEAM = 'group:default/analytics';
const CLIENTS = 4;
const QUERIES = 1_000;
const LOAD_WITHIN_MS = 120_000;
const DAY_MS = 24 * 3_600_000;
/** Nodes remember roles and permissions for 2 s. */
const FORGOTTEN_WITHIN_MS = 30_000;

let cluster: Cluster;
let way: Way;
let credentials: TeamCredentials;
/** Added to the machine's clock. */
let laterMs = 0;

const options = () => ({
  signal: new AbortController().signal,
  actor: 'user:default/ada',
});

const request = (name: string, access: 'read' | 'readWrite') => ({
  ...{ name, access },
  team: TEAM,
  keyspaces: ['shop'],
});

/** The way in of a team. */
function wayOf({
  credential,
  password,
}: Awaited<ReturnType<TeamCredentials['issue']>>) {
  const { role: username } = credential;
  return { ...way, username, password: password.reveal() };
}

async function using<T>(
  login: Way,
  use: (driver: Client) => Promise<T>,
): Promise<T> {
  const driver = createDriver(login);
  try {
    return await use(driver);
  } finally {
    await driver.shutdown();
  }
}

/** What the database answers to a statement: nothing where it carries it out. */
const refusal = (driver: Client, statement: string) =>
  driver.execute(statement).then(
    () => undefined,
    (error: Error & { innerErrors?: object }) =>
      `${error.message} ${Object.values(error.innerErrors ?? {})}`,
  );

beforeAll(async () => {
  cluster = await startCluster({ log: () => {} });
  // With the rights of the portal's account, not an administrator's.
  const { kubeconfig } = await createAccount(cluster);
  const kubernetes = openKubernetesCluster('control-plane', kubeconfig);
  const events = await provision(createProvisioner(kubernetes), orders);
  if (endOf(events) !== 'done') throw new Error(endOf(events));
  way = await readWay(cluster, orders);
  await using(way, async driver => {
    for (const keyspace of ['shop', 'other']) {
      await driver.execute(
        `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
      );
      await driver.execute(
        `CREATE TABLE ${keyspace}.carts (id int PRIMARY KEY, item text)`,
      );
    }
  });
  const entry = { kubernetes, defaults: {} };
  credentials = new TeamCredentials({
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry(),
    createTools: createDatabaseTools,
    clock: {
      now: () => new Date(Date.now() + laterMs),
      sleep: (ms, signal) => delay(ms, undefined, { signal }),
    },
  });
});

afterAll(() => cluster?.stop());

it('may do what it was granted, and nothing besides', async () => {
  const issued = await credentials.issue(
    REF,
    request('reports', 'read'),
    options(),
  );
  await using(wayOf(issued), async driver => {
    const ask = (statement: string) => refusal(driver, statement);
    expect(await ask('SELECT * FROM shop.carts')).toBeUndefined();
    expect(
      await ask("INSERT INTO shop.carts (id, item) VALUES (1, 'a')"),
    ).toContain('has no MODIFY permission on');
    expect(await ask('SELECT * FROM other.carts')).toContain(
      'has no SELECT permission on',
    );
    expect(await ask('DROP TABLE shop.carts')).toContain('permission');
    expect(await ask('SELECT * FROM system_auth.roles')).toContain(
      'has no SELECT permission on',
    );
    expect(await ask("CREATE ROLE other WITH PASSWORD = 'a'")).toContain(
      'does not have sufficient privileges',
    );
  });
});

it('is rotated under load without a query that fails', async () => {
  const first = await credentials.issue(
    REF,
    request('web', 'readWrite'),
    options(),
  );
  const team = wayOf(first);
  const load = await Load.start(team, CLIENTS);
  await delay(2_000);
  const second = await credentials.rotate(REF, 'web', options());
  // As programs do that take a changed Secret, one after the other.
  Object.assign(team, wayOf(second));
  for (let client = 0; client < CLIENTS; client += 1) {
    load.reconnect(client);
    await delay(1_000);
  }
  await until('all have gone on for a while', LOAD_WITHIN_MS, async () => {
    return load.succeeded >= QUERIES && load.reconnected === CLIENTS;
  });
  await load.stop();
  process.stderr.write(
    `rotation: ${load.succeeded} queries, ${load.failed.length} failed, ${load.reconnected} clients on the new role\n`,
  );
  expect(load.failed).toEqual([]);

  // Whoever has not taken it yet still comes in, until the grace is over.
  await using(wayOf(first), async driver => {
    expect(await refusal(driver, 'SELECT * FROM shop.carts')).toBeUndefined();
  });
  laterMs = DAY_MS + 1_000;
  expect(await credentials.sweep(REF, options())).toBe(1);
  laterMs = 0;
  await untilRefused(wayOf(first));
  await using(wayOf(second), async driver => {
    expect(await refusal(driver, 'SELECT * FROM shop.carts')).toBeUndefined();
  });
});

it('ends with its revocation, for those that are connected too', async () => {
  const issued = await credentials.issue(
    REF,
    request('batch', 'readWrite'),
    options(),
  );
  await using(wayOf(issued), async driver => {
    expect(await refusal(driver, 'SELECT * FROM shop.carts')).toBeUndefined();
    await credentials.revoke(REF, 'batch', options());
    await until('its queries are refused', FORGOTTEN_WITHIN_MS, async () =>
      refusal(driver, 'SELECT * FROM shop.carts'),
    );
  });
  await untilRefused(wayOf(issued));
  const names = (await credentials.list(REF)).map(({ name }) => name);
  expect(names).not.toContain('batch');
});

async function untilRefused(login: Way): Promise<void> {
  await until(`${login.username} is refused`, FORGOTTEN_WITHIN_MS, () =>
    using(login, async driver => {
      const answer = await refusal(driver, 'SELECT * FROM shop.carts');
      return answer && /incorrect|AuthenticationError/.test(answer);
    }),
  );
}
