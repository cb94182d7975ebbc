import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { silentLog } from '../log';
import { dialTls, serve, type TestServer } from '../__testUtils__/sockets';
import { startGateway } from './startGateway';
import type { Gateway, GatewayUpstream, TlsIdentity } from './types';

const SHARED_NAME = 'orders.example.com';
const NAMES = ['orders-0.example.com', 'orders-1.example.com'];

let ca: MintedCa;
let tls: TlsIdentity;
const toClose: Array<() => Promise<unknown>> = [];

beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
  const { certPem, keyPem } = await ca.issue({
    commonName: SHARED_NAME,
    dnsNames: [SHARED_NAME, ...NAMES],
  });
  tls = { certificatePem: certPem, keyPem };
});

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

/** An upstream that says who it is. */
async function node(name: string): Promise<TestServer> {
  const server = await serve((socket: Socket) => socket.end(name));
  toClose.push(() => server.close());
  return server;
}

const upstream = (
  { port }: TestServer,
  serverName?: string,
): GatewayUpstream => ({
  address: '127.0.0.1',
  port,
  serverName,
  workload: 'orders',
  namespace: 'orders',
  serviceAccount: 'orders',
});

async function gateway(
  upstreams: readonly GatewayUpstream[],
): Promise<Gateway> {
  const started = await startGateway({
    address: '127.0.0.1',
    listeners: [{ name: 'cql-tls', port: 0, tls, serverNames: NAMES }],
    upstreams,
    identity: { workload: 'orders-gateway-istio', namespace: 'orders' },
    log: silentLog,
  });
  toClose.push(() => started.stop());
  return started;
}

/** Who answers; nothing where the gateway ends the connection. */
async function answerOf(to: Gateway, servername: string): Promise<string> {
  const client = await dialTls(to.ports['cql-tls'], {
    ca: ca.certPem,
    servername,
    // An empty name is not sent: then it is the shared one that must verify.
    checkServerIdentity: (_host, certificate) =>
      checkServerIdentity(servername || SHARED_NAME, certificate),
  });
  let answer = '';
  client.on('data', chunk => {
    answer += chunk;
  });
  client.on('error', () => {});
  await once(client, 'close');
  return answer;
}

it('leads each server name to its own upstream, and all others to those of all', async () => {
  const [first, second] = [await node('first'), await node('second')];
  const to = await gateway([
    upstream(first),
    upstream(first, NAMES[0]),
    upstream(second, NAMES[1]),
  ]);
  for (let i = 0; i < 3; i++) {
    expect(await answerOf(to, NAMES[0])).toBe('first');
    expect(await answerOf(to, NAMES[1])).toBe('second');
  }
  expect(await answerOf(to, SHARED_NAME)).toBe('first');
  expect(await answerOf(to, '')).toBe('first');
});

it('lets nobody answer for a node that is gone', async () => {
  const to = await gateway([upstream(await node('first'))]);
  expect(await answerOf(to, NAMES[1])).toBe('');
});
