import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type {
  DatabaseTools,
  KubernetesCluster,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import {
  allocateLoopbackBlock,
  CQL_PORT,
  silentLog,
  startStubRing,
  type CqlRing,
  type LoopbackBlock,
} from '@ringfence/data-plane';
import { createDatabaseTools } from './createDatabaseTools';

const NAME = 'orders.example.com';
const POD: Via = { pod: 'orders-0', port: CQL_PORT };
const APP = { username: 'orders_app', password: 'right' };

let block: LoopbackBlock;
let ring: CqlRing;
let ca: MintedCa;
let gateway: net.Server;
let gatewayPort: number;
/** A node that ends TLS itself and asks for a certificate. */
let node: net.Server;
let nodePort: number;
let tools: DatabaseTools;
/** What was forwarded, and is still open. */
const forwarded = new Set<net.Socket>();
const secrets: Record<string, Record<string, string>> = {};
const exec = jest.fn();

const kubernetes = {
  name: 'eu-1',
  get: async ({ kind, namespace, name }) =>
    kind === 'Secret' && namespace === 'orders' && secrets[name]
      ? {
          apiVersion: 'v1',
          kind,
          metadata: { namespace, name },
          data: Object.fromEntries(
            Object.entries(secrets[name]).map(([key, value]) => [
              key,
              Buffer.from(value).toString('base64'),
            ]),
          ),
        }
      : undefined,
  portForward: async ({ namespace, pod }, port) => {
    const found = ring.nodes.find(({ name }) => name === pod);
    if (namespace !== 'orders' || !found)
      throw new Error(`pods "${pod}" not found`);
    const socket = net.connect({
      host: port === nodePort ? '127.0.0.1' : found.address,
      port,
      allowHalfOpen: true,
    });
    forwarded.add(socket);
    socket.once('close', () => forwarded.delete(socket));
    await once(socket, 'connect');
    return socket;
  },
  exec,
} as Partial<KubernetesCluster> as KubernetesCluster;

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

/** As the gateway does: ends TLS and passes CQL to the first node. */
async function startGateway(): Promise<void> {
  const { certPem, keyPem } = await ca.issue({ dnsNames: [NAME] });
  gateway = tls.createServer({ cert: certPem, key: keyPem }, client => {
    const cql = net.connect(CQL_PORT, ring.nodes[0].address);
    [client, cql].forEach(socket => socket.on('error', () => {}));
    client.pipe(cql).pipe(client);
  });
  gatewayPort = await listen(gateway);
}

/** As Cassandra does where it asks clients for certificates. */
async function startNode(): Promise<void> {
  const { certPem, keyPem } = await ca.issue({ dnsNames: [NAME] });
  const options = { cert: certPem, key: keyPem, ca: ca.certPem };
  node = tls.createServer(
    { ...options, requestCert: true, rejectUnauthorized: true },
    client => {
      const cql = net.connect(CQL_PORT, ring.nodes[0].address);
      [client, cql].forEach(socket => socket.on('error', () => {}));
      client.pipe(cql).pipe(client);
    },
  );
  nodePort = await listen(node);
}

beforeAll(async () => {
  block = await allocateLoopbackBlock();
  ring = startStubRing({
    clusterName: 'orders',
    datacenter: 'dc1',
    rack: 'rack1',
    nodes: [1, 2].map(index => ({
      name: `orders-${index - 1}`,
      address: block.address(index),
    })),
    log: silentLog,
    logins: [APP, { username: 'admin', password: 'admin', superuser: true }],
  });
  ca = await mintCa({ name: 'orders CA' });
  const other = await mintCa({ name: 'another CA' });
  const portal = await ca.issue({ commonName: 'ringfence', usage: 'client' });
  const stranger = await other.issue({
    commonName: 'ringfence',
    usage: 'client',
  });
  const secretOf = ({ certPem, keyPem }: typeof portal) => ({
    'tls.crt': certPem,
    'tls.key': keyPem,
  });
  Object.assign(secrets, {
    'orders-portal-tls': secretOf(portal),
    'stranger-tls': secretOf(stranger),
    'other-ca': { 'tls.crt': other.certPem },
    'orders-ca': { 'tls.crt': ca.certPem },
    'orders-app': APP,
    'orders-wrong': { ...APP, password: 'wrong' },
    'orders-tls': { 'ca.crt': ca.certPem },
    'other-tls': { 'ca.crt': other.certPem },
    'no-keys': {},
  });
  await Promise.all([ring.ready, startGateway(), startNode()]);
  tools = createDatabaseTools(kubernetes, {
    kubernetesCluster: 'eu-1',
    namespace: 'orders',
  });
});

afterAll(async () => {
  gateway.close();
  node.close();
  await ring.stop();
  await block.release();
});

/** Whatever was forwarded is closed again. */
async function allClosed(): Promise<void> {
  await Promise.all([...forwarded].map(socket => once(socket, 'close')));
  expect(forwarded.size).toBe(0);
}

const throughGateway = (changes = {}): Via => ({
  host: '127.0.0.1',
  port: gatewayPort,
  serverName: NAME,
  caSecret: 'orders-tls',
  ...changes,
});

const app = { secret: 'orders-app' };
const wrong = { secret: 'orders-wrong' };

describe('tryLogin', () => {
  it.each<[string, () => Via]>([
    ['a pod', () => POD],
    ['the gateway', throughGateway],
  ])('tells accepted from refused through %s', async (_where, via) => {
    expect(await tools.tryLogin(app, via())).toEqual({
      outcome: 'accepted',
      tookMs: expect.any(Number),
    });
    expect(await tools.tryLogin(wrong, via())).toMatchObject({
      outcome: 'refused',
    });
    expect(await tools.tryLogin('anonymous', via())).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('a login is demanded'),
    });
    await allClosed();
  });

  it.each<[string, () => Via, string]>([
    [
      'a gateway that another CA vouches for',
      () => throughGateway({ caSecret: 'other-tls' }),
      'was not issued by the CA to trust, "another CA"',
    ],
    [
      'a gateway of another name',
      () => throughGateway({ serverName: 'payments.example.com' }),
      `is for ${NAME}, not for "payments.example.com"`,
    ],
    [
      'a port where nothing listens',
      () => throughGateway({ port: 1 }),
      'was refused',
    ],
  ])(
    'does not log in at %s, and says what to do',
    async (_what, via, words) => {
      expect(await tools.tryLogin(app, via())).toEqual({
        outcome: 'unreachable',
        message: expect.stringContaining(words),
        remedy: expect.any(String),
      });
    },
  );

  it.each([
    [
      'a Secret that is not there',
      { secret: 'absent' },
      POD,
      '"orders/absent" not found',
    ],
    [
      'a Secret without its keys',
      { secret: 'no-keys' },
      POD,
      'has no key "username"',
    ],
    [
      'a pod that is not there',
      app,
      { pod: 'orders-9', port: 9042 },
      'pods "orders-9" not found',
    ],
  ])('throws nothing for %s', async (_what, login, via, words) => {
    expect(await tools.tryLogin(login, via)).toEqual({
      outcome: 'unreachable',
      message: expect.stringContaining(words),
    });
  });

  it('ends with its signal where nobody answers', async () => {
    const silent = net.createServer();
    const port = await listen(silent);
    const controller = new AbortController();
    const connected = once(silent, 'connection');
    const attempt = tools.tryLogin(app, throughGateway({ port }), {
      signal: controller.signal,
    });
    const [socket] = (await connected) as [net.Socket];
    controller.abort(new Error('no longer wanted'));

    expect(await attempt).toMatchObject({
      outcome: 'unreachable',
      message: expect.stringContaining('no longer wanted'),
    });
    socket.destroy();
    silent.close();
  });
});

describe('cql', () => {
  it.each<[string, () => Via]>([
    ['a pod', () => POD],
    ['the gateway', throughGateway],
  ])('opens a session through %s and closes it', async (_where, via) => {
    const session = await tools.cql(app, via());
    const rows = await session.execute('SELECT cluster_name FROM system.local');
    await session.close();

    expect(rows).toEqual([{ cluster_name: 'orders' }]);
    await allClosed();
  });

  it('dials the pod that it was given and no other', async () => {
    const portForward = jest.spyOn(kubernetes, 'portForward');
    const session = await tools.cql(app, { pod: 'orders-1', port: CQL_PORT });
    await session.execute('SELECT * FROM system.peers');
    await session.close();

    expect(new Set(portForward.mock.calls.map(([{ pod }]) => pod))).toEqual(
      new Set(['orders-1']),
    );
    portForward.mockRestore();
  });

  it.each<[string, () => Via]>([
    ['a pod', () => POD],
    ['the gateway', throughGateway],
  ])('says that the login was refused through %s', async (_where, via) => {
    await expect(tools.cql(wrong, via())).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringMatching(/^The database refused the login at /),
    });
  });

  it.each<[string, () => Via, string]>([
    [
      'does not trust another CA',
      () => throughGateway({ caSecret: 'other-tls' }),
      'was not issued by the CA to trust, "another CA"',
    ],
    [
      'does not take another name',
      () => throughGateway({ serverName: 'payments.example.com' }),
      `is for ${NAME}`,
    ],
    [
      'says that the pod is not there',
      () => ({ pod: 'orders-9', port: CQL_PORT }),
      'No login at pod "orders/orders-9" port 9042: pods "orders-9" not found',
    ],
  ])('%s', async (_what, via, words) => {
    await expect(tools.cql(app, via())).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining(words),
    });
  });
});

describe('a node that ends TLS itself', () => {
  const throughNode = (changes = {}): Via => ({
    pod: 'orders-0',
    port: nodePort,
    tls: {
      serverName: NAME,
      caSecret: 'orders-tls',
      clientSecret: 'orders-portal-tls',
      ...changes,
    },
  });

  it('takes a login and a session from whoever shows a certificate', async () => {
    expect(await tools.tryLogin(app, throughNode())).toMatchObject({
      outcome: 'accepted',
    });
    const session = await tools.cql(app, throughNode());
    const rows = await session.execute('SELECT cluster_name FROM system.local');
    await session.close();
    expect(rows).toEqual([{ cluster_name: 'orders' }]);
    await allClosed();
  });

  it('is trusted by a CA that takes the place of another, too', async () => {
    const changes = { caSecret: 'other-tls', furtherCaSecrets: ['orders-ca'] };
    expect(await tools.tryLogin(app, throughNode(changes))).toMatchObject({
      outcome: 'accepted',
    });
  });

  it.each<[string, object, string]>([
    [
      'without a certificate',
      { clientSecret: undefined },
      'wants a certificate of the client, and none was shown',
    ],
    [
      'with a certificate of another CA',
      { clientSecret: 'stranger-tls' },
      // Node.js sends no alert; Cassandra's Java does.
      'was closed before the login had ended',
    ],
    [
      'that another CA vouches for',
      { caSecret: 'other-tls' },
      'was not issued by the CA to trust, "another CA"',
    ],
    [
      'of another name',
      { serverName: 'payments.example.com' },
      `is for ${NAME}, not for "payments.example.com"`,
    ],
  ])('is not logged in to %s', async (_what, changes, words) => {
    expect(await tools.tryLogin(app, throughNode(changes))).toMatchObject({
      outcome: 'unreachable',
      message: expect.stringContaining(words),
    });
    await allClosed();
  });

  it('shows its certificate in a handshake through its pod', async () => {
    const shown = await tools.handshake({
      host: 'orders-0',
      pod: 'orders-0',
      port: nodePort,
      serverName: NAME,
      caPem: ca.certPem,
    });
    expect(shown.verified).toBe(true);
    await allClosed();
  });
});

it('decodes a Secret and does not show it', async () => {
  const { password } = await tools.secret('orders-app');

  expect(password.reveal()).toBe('right');
  expect(`${password} ${JSON.stringify({ password })}`).not.toContain('right');
});

it('says which Secret is missing', async () => {
  await expect(tools.secret('absent')).rejects.toThrow(
    'Secret "orders/absent" not found in Kubernetes cluster "eu-1"',
  );
});

it("runs commands in the database's namespace", async () => {
  exec.mockResolvedValueOnce({ exitCode: 0, stdout: 'UN', stderr: '' });
  await tools.exec({ pod: 'orders-0', container: 'scylla' }, [
    'nodetool',
    'status',
  ]);

  expect(exec).toHaveBeenCalledWith(
    { namespace: 'orders', pod: 'orders-0', container: 'scylla' },
    ['nodetool', 'status'],
  );
});

it('shows the handshake of the gateway', async () => {
  const shown = await tools.handshake({
    host: '127.0.0.1',
    port: gatewayPort,
    serverName: NAME,
    caPem: ca.certPem,
  });

  expect(shown.verified).toBe(true);
});
