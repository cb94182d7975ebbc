import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type {
  CqlSession,
  DatabaseTools,
  IgniteSession,
  IgniteState,
  KubernetesCluster,
  KubernetesObject,
  LoginResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import type { StoredDatabase } from '../databases/Databases';
import { testConnection } from './testConnection';

const NAME = 'orders.example.com';
const ACCEPTED: LoginResult = { outcome: 'accepted' };

let ca: MintedCa;
const servers: net.Server[] = [];

beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
});
afterEach(() => servers.splice(0).forEach(server => server.close()));

async function listen(server: net.Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

async function gateway(dnsName = NAME, issuer = ca): Promise<number> {
  const { certPem, keyPem } = await issuer.issue({ dnsNames: [dnsName] });
  return listen(
    tls.createServer({ cert: certPem, key: keyPem }, socket =>
      socket.on('error', () => {}).resume(),
    ),
  );
}

function kubernetesWith(
  objects: Record<string, Partial<KubernetesObject>>,
): KubernetesCluster {
  return {
    name: 'eu-1',
    get: async ({ kind, name }) =>
      objects[`${kind} ${name}`] as KubernetesObject | undefined,
    list: async () => [{ metadata: { name: 'orders-0' } } as KubernetesObject],
    portForward: async (_pod, port) => net.connect(port, '127.0.0.1'),
  } as Partial<KubernetesCluster> as KubernetesCluster;
}

function database(tlsPorts: number[], changes: object = {}): StoredDatabase {
  const blueprint = {
    access: () => ({
      protocol: 'cql',
      exposure: 'tls',
      gateway: { kind: 'Gateway', name: 'orders-gateway' },
      tlsPorts,
      plaintextPorts: [],
      serverName: NAME,
      inClusterHost: 'orders-gateway-istio.orders.svc',
      caSecret: 'orders-tls',
      certificate: 'orders',
      applicationRoleSecret: 'orders-app',
      datacenter: 'dc1',
      ...changes,
    }),
    observation: () => ({ replicas: 3, podLabels: {} }),
  };
  return {
    ref: { kubernetesCluster: 'eu-1', namespace: 'orders' },
    spec: { name: 'orders', blueprint: 'scylladb-ambient' },
    blueprint,
    state: 'ready',
  } as unknown as StoredDatabase;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function run(
  tlsPorts: number[],
  ring: {
    login?: LoginResult;
    nodes?: number;
    versions?: string[];
    state?: IgniteState;
    why?: string;
  } = {},
  changes: object = {},
) {
  const { certPem } = await ca.issue({ dnsNames: [NAME] });
  const tryLogin = jest.fn(async () => ring.login ?? ACCEPTED);
  const close = jest.fn(async () => {});
  const { nodes = 3, versions = ['a'] } = ring;
  const tools = {
    kubernetes: kubernetesWith({
      'Gateway orders-gateway': {
        status: { addresses: [{ type: 'IPAddress', value: '127.0.0.1' }] },
      },
      'Secret orders-tls': {
        data: { 'tls.crt': base64(certPem), 'ca.crt': base64(ca.certPem) },
      },
      'Secret orders-app': { data: { username: base64('orders_app') } },
    }),
    tryLogin,
    cql: async (): Promise<CqlSession> => {
      if (ring.why) throw new Error(ring.why);
      return {
        execute: async query =>
          Array.from({ length: query.includes('local') ? 1 : nodes - 1 }).map(
            (_none, index) => ({
              schema_version: versions[index % versions.length],
            }),
          ),
        close,
      };
    },
    ignite: async (): Promise<Partial<IgniteSession>> => {
      if (ring.why) throw new Error(ring.why);
      return {
        serverNodes: async () => nodes,
        state: async () => ring.state ?? 'ACTIVE',
        close,
      };
    },
  } as unknown as DatabaseTools;
  const { signal } = new AbortController();
  const steps = [];
  const test = await testConnection(database(tlsPorts, changes), tools, signal);
  for await (const step of test) steps.push(step);
  return {
    steps,
    told: steps.map(({ step, state }) => `${step} ${state}`),
    tryLogin,
    close,
  };
}

const DIALLED = ['ca', 'dns', 'tcp', 'tls', 'chain', 'expiry', 'name'];
const WELL = DIALLED.map(step => `${step} ok`);

it('goes the whole way, at every port, and closes what it opened', async () => {
  const ports = [await gateway(), await gateway()];
  const { steps, told, tryLogin, close } = await run(ports);
  expect(told).toEqual([...WELL, 'login ok', 'ring ok']);
  expect(steps[2].summary).toBe(
    `127.0.0.1:${ports[0]} and 127.0.0.1:${ports[1]} answer`,
  );
  expect(steps.at(-1)?.summary).toBe('3 nodes, one schema');
  expect(tryLogin).toHaveBeenCalledTimes(2);
  expect(close).toHaveBeenCalledTimes(1);
});

it.each<[string, string, () => Promise<number>]>([
  ['tcp', 'nothing listens', async () => 1],
  ['tls', 'no TLS', () => listen(net.createServer(one => one.end('HTTP')))],
  [
    'chain',
    'another CA',
    async () => gateway(NAME, await mintCa({ name: 'another' })),
  ],
  ['name', 'another name', () => gateway('payments.example.com')],
])('stops at %s: %s', async (step, _why, open) => {
  const { steps, told, tryLogin } = await run([await open()]);
  const at = DIALLED.indexOf(step);
  expect(told).toEqual([
    ...WELL.slice(0, at),
    `${step} failing`,
    ...[...DIALLED, 'login', 'ring'].slice(at + 1).map(one => `${one} skipped`),
  ]);
  expect(steps[at].remedy?.text).toMatch(/\w/);
  expect(tryLogin).not.toHaveBeenCalled();
});

it('does not pass where the second port is not in order', async () => {
  const { told } = await run([await gateway(), await gateway('other.example')]);
  expect(told).toContain('name failing');
});

it.each<[string, Parameters<typeof run>[1], string, string]>([
  [
    'a refused login',
    { login: { outcome: 'refused', message: 'bad credentials' } },
    'login failing',
    'ring skipped',
  ],
  [
    'a database that does not answer',
    { login: { outcome: 'unreachable', message: 'closed' } },
    'login failing',
    'ring skipped',
  ],
  ['a ring that cannot be asked', { why: 'away' }, 'login ok', 'ring unknown'],
  ['a node too few', { nodes: 2 }, 'login ok', 'ring failing'],
  ['two schemas', { versions: ['a', 'b'] }, 'login ok', 'ring failing'],
])('tells of %s', async (_what, ring, login, last) => {
  const { told } = await run([await gateway()], ring);
  expect(told.slice(-2)).toEqual([login, last]);
});

it('has nothing to test where the spec asks for no gateway', async () => {
  await expect(run([], {}, { exposure: 'none' })).rejects.toThrow(
    'Database "eu-1/orders" has no gateway to test',
  );
});

it('goes to each node through the API server where clients dial the nodes themselves', async () => {
  const port = await gateway();
  const { steps, told, tryLogin } = await run(
    [port],
    {},
    {
      exposure: 'direct',
      gateway: undefined,
      clientCertificates: { mode: 'required', portalSecret: 'orders-portal' },
    },
  );
  expect(told).toEqual([...WELL, 'login ok', 'ring ok']);
  expect(steps[1].summary).toMatch(/through the API server/);
  expect(steps[2].summary).toBe(`orders-0:${port} answers`);
  expect(tryLogin).toHaveBeenCalledWith(
    { secret: 'orders-app' },
    {
      pod: 'orders-0',
      port,
      tls: expect.objectContaining({ clientSecret: 'orders-portal' }),
    },
    expect.anything(),
  );
});

describe('of a cluster of Ignite', () => {
  const IGNITE = { protocol: 'ignite', datacenter: undefined };

  it.each<[string, Parameters<typeof run>[1], string]>([
    ['all nodes, active', {}, 'ok: 3 nodes, active'],
    [
      'a node that is missing',
      { nodes: 2 },
      'failing: The cluster has 2 nodes, and the spec asks for 3',
    ],
    [
      'a cluster that nobody activated',
      { state: 'INACTIVE' },
      'failing: The cluster of 3 nodes is inactive: it takes no requests',
    ],
    [
      'one that takes no writes',
      { state: 'ACTIVE_READ_ONLY' },
      'failing: The cluster of 3 nodes is read-only: it takes no writes',
    ],
    [
      'what nobody can ask',
      { why: 'it is cut' },
      'unknown: The cluster could not be asked: it is cut',
    ],
  ])('tells of %s', async (_what, cluster, expected) => {
    const { steps, close } = await run([await gateway()], cluster, IGNITE);
    const { step, state, summary } = steps.at(-1)!;
    expect(step).toBe('ring');
    expect(`${state}: ${summary}`).toBe(expected);
    expect(close).toHaveBeenCalledTimes(cluster?.why ? 0 : 1);
  });

  it('says so where the database knows no logins', async () => {
    const { steps } = await run(
      [await gateway()],
      {},
      { ...IGNITE, applicationRoleSecret: undefined },
    );
    expect(steps.at(-2)).toMatchObject({
      step: 'login',
      state: 'ok',
      summary: expect.stringMatching(/^The database knows no logins/),
    });
  });
});
