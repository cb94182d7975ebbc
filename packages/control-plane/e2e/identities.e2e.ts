import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { clientCertificateError, dial } from '@ringfence/connection/dial';
import {
  mintCa,
  takeCa,
  type MintedCa,
  type MintedCertificate,
} from '@ringfence/connection/testUtils';
import {
  ClientCertificates,
  createBlueprintRegistry,
  createDatabaseTools,
  TeamCredentials,
} from '@ringfence/backstage-plugin-ringfence-backend';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import type { Client } from 'cassandra-driver';
import { startCluster, until, type Cluster } from '../src';
import { createAccount } from '../src/account';
import { openKubernetesCluster } from '../src/kubernetes';
import { bundleManifests } from './support/bundleManifests';
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
const CLIENT = { team: 'checkout' };
/** A gateway takes a changed listener within seconds. */
const ASKED_WITHIN_MS = 30_000;
const CLIENTS = 4;
const QUERIES = 1_000;
const LOAD_WITHIN_MS = 120_000;
const DAY_MS = 24 * 3_600_000;
/** Nodes remember roles and permissions for 2 s. */
const FORGOTTEN_WITHIN_MS = 30_000;

let cluster: Cluster;
let way: Way;
let credentials: TeamCredentials;
let deps: ReturnType<typeof depsOf>;
/** Added to the machine's clock. */
let laterMs = 0;

function depsOf(kubernetes: KubernetesCluster) {
  const entry = { kubernetes, defaults: {} };
  return {
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry(),
    createTools: createDatabaseTools,
    clock: {
      now: () => new Date(Date.now() + laterMs),
      sleep: (ms: number, signal?: AbortSignal) =>
        delay(ms, undefined, { signal }),
    },
  };
}

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
  deps = depsOf(kubernetes);
  credentials = new TeamCredentials(deps);
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

/** As the API server would take them; it keeps nothing. */
const tryManifests = (manifests: string) =>
  cluster.kubectl(
    ['apply', '--dry-run=server', '--validate=strict', '-n', 'default'].concat([
      '-o',
      'name',
      '-f',
      '-',
    ]),
    manifests,
  );

it('goes into Kubernetes with what the bundle has for it', async () => {
  const manifests = await bundleManifests(way.caPem);
  expect(await tryManifests(manifests)).toBe(
    'configmap/orders-bundle\ndeployment.apps/orders-client\n',
  );
  // Nothing that is misspelt would be passed over.
  await expect(
    tryManifests(manifests.replace('mountPath:', 'mountpath:')),
  ).rejects.toThrow('unknown field');
});

describe('a client certificate', () => {
  let certificates: ClientCertificates;
  let clientsCa: MintedCa;

  const provisioned = async (clientCertificates: string) =>
    endOf(
      await provision(createProvisioner(deps.clusters.get().kubernetes), {
        ...orders,
        access: { clientCertificates },
      }),
    );

  beforeAll(async () => {
    const end = await provisioned('required');
    if (end !== 'done') throw new Error(end);
    certificates = new ClientCertificates(deps);
    clientsCa = await takeCa(await secretOf('orders-tls-cacert'));
  });

  async function secretOf(name: string) {
    const { data } = JSON.parse(
      await cluster.kubectl([
        ...['get', 'secret', name, '-n', 'orders', '-o', 'json'],
      ]),
    );
    const decode = (key: string) => Buffer.from(data[key], 'base64').toString();
    return { certPem: decode('tls.crt'), keyPem: decode('tls.key') };
  }

  const minted = async (issuer: MintedCa, notAfter?: Date) => {
    const notBefore = new Date(Date.now() - DAY_MS);
    const usage = 'client';
    return issuer.issue({ commonName: 'checkout', usage, notBefore, notAfter });
  };

  /** What comes of a query at the gateway: nothing where it is answered, else its refusal. */
  async function outcome(shown?: MintedCertificate): Promise<string> {
    const { address: host, caPem, username, password } = way;
    const clientCertificate = shown && {
      certificatePem: shown.certPem,
      keyPem: shown.keyPem,
    };
    const target = { host, port: 9041, serverName: host, caPem };
    const socket = await dial({ ...target, clientCertificate });
    // OPTIONS of protocol version 4, which every database answers.
    socket.write(Buffer.from([4, 0, 0, 1, 5, 0, 0, 0, 0]));
    const answered = await once(socket, 'data').then(
      ([bytes]) => (bytes.length > 0 ? 'answered' : 'nothing'),
      error =>
        clientCertificateError(error, { ...target, clientCertificate })?.code ??
        error.message,
    );
    socket.destroy();
    if (answered !== 'answered') return answered;
    return using(
      { ...way, username, password, clientCertificate: shown },
      async driver =>
        (await refusal(driver, 'SELECT * FROM shop.carts')) ?? 'answered',
    );
  }

  it('is required: none, one of the server and one of another CA are refused', async () => {
    expect(await outcome()).toBe('ClientCertificateMissing');
    expect(await outcome(await secretOf('orders-tls'))).toBe(
      'ClientCertificateRefused',
    );
    const others = await mintCa({ name: 'orders clients CA' });
    expect(await outcome(await minted(others))).toBe(
      'ClientCertificateRefused',
    );
  });

  it('is issued to a team, accepted, and renewed with another key', async () => {
    const first = await certificates.issue(REF, CLIENT, options());
    const second = await certificates.issue(REF, CLIENT, options());
    for (const { certificatePem, keyPem } of [first, second]) {
      const shown = { certPem: certificatePem, keyPem: keyPem.reveal() };
      expect(await outcome(shown)).toBe('answered');
    }
    expect(first.keyPem.reveal()).not.toBe(second.keyPem.reveal());
    const { team } = CLIENT;
    const manifests = await bundleManifests(way.caPem, { ...second, team });
    expect(await tryManifests(manifests)).toContain('deployment.apps/');
    const days = (second.notAfter.getTime() - Date.now()) / DAY_MS;
    expect(Math.round(days)).toBe(7);
  });

  it('is refused once it has expired', async () => {
    expect(await outcome(await minted(clientsCa))).toBe('answered');
    const expired = await minted(clientsCa, new Date(Date.now() - 60_000));
    expect(await outcome(expired)).toBe('ClientCertificateRefused');
  });

  it('is not renewed once it is revoked, and gets in until its end', async () => {
    const { certificatePem, keyPem } = await certificates.issue(
      REF,
      CLIENT,
      options(),
    );
    await certificates.revoke(REF, CLIENT.team, options());
    expect(await certificates.list(REF)).toEqual([]);
    const gone = cluster.kubectl([
      ...['get', 'secret,certificate', 'orders-client-checkout'],
      ...['-n', 'orders'],
    ]);
    await expect(gone).rejects.toThrow('not found');
    const shown = { certPem: certificatePem, keyPem: keyPem.reveal() };
    expect(await outcome(shown)).toBe('answered');
  });

  it('is gone when its team did not renew it', async () => {
    await certificates.issue(REF, CLIENT, options());
    laterMs = 7 * DAY_MS;
    expect(await certificates.sweep(REF, options())).toBe(1);
    laterMs = 0;
    expect(await certificates.list(REF)).toEqual([]);
  });

  it.each([
    ['optional', 'answered', 'ClientCertificateRefused'],
    ['off', 'answered', 'answered'],
  ])('where it is %s', async (mode, withNone, withAnothers) => {
    expect(await provisioned(mode)).toBe('done');
    await until(`it is ${mode}`, ASKED_WITHIN_MS, async () => {
      expect(await outcome()).toBe(withNone);
      const others = await mintCa({ name: 'others' });
      expect(await outcome(await minted(others))).toBe(withAnothers);
      return true;
    });
  });
});
