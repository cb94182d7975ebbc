import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { mintCa } from '@ringfence/connection/testUtils';
import { type DialTarget } from '@ringfence/connection/dial';
import {
  connectTo,
  readAll,
  SERVER_NAME,
  startTestGateway,
  until,
  untilStill,
} from '../__testUtils__/gateway';
import { createPeersRewriter } from '../cql';
import { Gateways } from '../gateways';
import { startProxy, type ProxyOptions } from './startProxy';

const DAY_MS = 24 * 60 * 60 * 1000;
/** OPTIONS of protocol version 4 on stream 7. */
const OPTIONS = Buffer.from([4, 0, 0, 7, 5, 0, 0, 0, 0]);

// A machine that does much else takes its time.
jest.setTimeout(60_000);

const open: Array<{ destroy(): void }> = [];
const lines: string[] = [];

afterEach(() => {
  open.splice(0).forEach(closable => closable.destroy());
  lines.length = 0;
});

async function gateway(...args: Parameters<typeof startTestGateway>) {
  const started = await startTestGateway(...args);
  open.push({ destroy: started.close });
  return started;
}

/** A server that does with its connections what it is told to. */
async function serverOf(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', socket => sockets.add(socket));
  open.push({
    destroy() {
      server.close();
      sockets.forEach(socket => socket.destroy());
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const plain = (serve: (socket: net.Socket) => void) =>
  serverOf(
    net.createServer(socket => {
      socket.on('error', () => {});
      serve(socket);
    }),
  );

async function proxyTo(
  targets: readonly DialTarget[],
  options: Partial<ProxyOptions> = {},
) {
  const gateways = new Gateways(targets);
  const proxy = await startProxy(
    { localPort: 0, gateways, ...options },
    { log: line => lines.push(line) },
  );
  open.push(proxy);
  return { proxy, gateways };
}

async function client(port: number): Promise<net.Socket> {
  const socket = await connectTo(port);
  open.push(socket);
  return socket;
}

/** Until the other side has closed, in whichever way. */
function gone(socket: net.Socket): Promise<void> {
  return new Promise(resolve => {
    socket.once('end', () => resolve());
    socket.once('close', () => resolve());
  });
}

async function isServed(port: number): Promise<boolean> {
  const socket = await client(port);
  socket.end('hello');
  return (await readAll(socket)).toString() === 'hello';
}

type Change = Partial<DialTarget>;

it.each<[string, () => Promise<Change>, RegExp]>([
  [
    'resets',
    async () => ({ port: await plain(socket => socket.resetAndDestroy()) }),
    /127\.0\.0\.1:\d+ closed the connection during the TLS handshake\. Check that a certificate/,
  ],
  [
    'hangs in the handshake',
    async () => ({ port: await plain(socket => socket.resume()) }),
    /TLS handshake with 127\.0\.0\.1:\d+ did not end within 500 ms\. Check that the port speaks TLS/,
  ],
  [
    'speaks plaintext',
    async () => ({
      port: await plain(socket => socket.end('HTTP/1.1 400\r\n')),
    }),
    /What answers at 127\.0\.0\.1:\d+ does not speak TLS\. Check the port/,
  ],
  [
    'serves another name',
    async () => {
      const other = await gateway(undefined, {
        dnsNames: ['payments.example.com'],
      });
      return other.target();
    },
    /is for payments\.example\.com, not for "orders\.example\.com"/,
  ],
  [
    'serves an expired certificate',
    async () => {
      const other = await gateway(undefined, {
        dnsNames: [SERVER_NAME],
        notBefore: new Date(Date.now() - 2 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      });
      return other.target();
    },
    /Certificate of 127\.0\.0\.1:\d+ expired on .*Ask the owner of the database to renew it/,
  ],
  [
    'is of another database',
    async () => ({ port: (await gateway()).port }),
    /was not issued by the CA to trust, "orders CA".*Download a new bundle/,
  ],
  [
    'offers only TLS 1.0',
    async () => {
      const ca = await mintCa({ name: 'orders CA' });
      const { certPem, keyPem } = await ca.issue({ dnsNames: [SERVER_NAME] });
      const port = await serverOf(
        tls
          .createServer({
            cert: certPem,
            key: keyPem,
            minVersion: 'TLSv1',
            maxVersion: 'TLSv1',
            ciphers: 'DEFAULT@SECLEVEL=0',
          })
          .on('tlsClientError', () => {}),
      );
      return { port, caPem: ca.certPem };
    },
    /speaks no version of TLS from TLS 1\.2 on\. Have the gateway offer/,
  ],
  [
    'does not listen',
    async () => ({ port: 1 }),
    /was refused: nothing listens there\. Check the port/,
  ],
  [
    'has no address',
    async () => ({ host: 'orders.invalid' }),
    /Host name "orders\.invalid" of orders\.invalid:\d+ (has no address|could not be looked up)/,
  ],
])(
  'closes the client of a gateway that %s, says why, and serves the next',
  async (_what, change, message) => {
    const good = await gateway();
    const bad = good.target(await change());
    const { proxy, gateways } = await proxyTo([bad], {
      connectTimeoutMs: 500,
    });
    const refused = await client(proxy.port);
    refused.end();
    expect((await readAll(refused)).length).toBe(0);
    expect(lines).toEqual([expect.stringMatching(message)]);
    expect(lines[0]).toMatch(/^Connection closed: /);
    expect(proxy.gatewayAnswers()).toBe(false);

    gateways.replace([good.target()]);
    expect(await isServed(proxy.port)).toBe(true);
    expect(proxy.gatewayAnswers()).toBe(true);
  },
);

it('tells everyone of a flood above the ceiling why, and carries the others', async () => {
  const server = await gateway();
  const { proxy } = await proxyTo([server.target()], { maxConnections: 20 });
  const clients = await Promise.all(
    Array.from({ length: 200 }, () => client(proxy.port)),
  );
  const answers = clients.map(async socket => {
    socket.write(OPTIONS);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer[4] === 0 ? 'told' : 'carried';
  });
  const results = await Promise.all(answers);

  expect(results.filter(result => result === 'carried')).toHaveLength(20);
  expect(results.filter(result => result === 'told')).toHaveLength(180);
  expect(lines).toEqual([
    expect.stringMatching(/^ringfence-connect refuses new connections: 20 are/),
  ]);
  clients.forEach(socket => socket.destroy());
  await until(() => proxy.connectionCount() === 0);
  expect(await isServed(proxy.port)).toBe(true);
});

it.each<[string, (socket: net.Socket) => void]>([
  ['says nothing', () => {}],
  ['does not read, nor end', socket => socket.pause().write(OPTIONS)],
  [
    'sends without an end',
    socket => {
      const timer = setInterval(() => socket.write('x'), 50);
      void gone(socket).then(() => clearInterval(timer));
    },
  ],
  ['speaks no CQL', socket => socket.write('GET / HTTP/1.1\r\n\r\n')],
])('does not keep a refused client that %s', async (_what, act) => {
  const server = await gateway();
  const { proxy } = await proxyTo([server.target()], { maxConnections: 1 });
  const served = await client(proxy.port);
  served.write('hello');
  await once(served, 'data');
  const refused = await client(proxy.port);
  const closed = gone(refused);
  act(refused);
  await until(() => proxy.counts().refused === 1);
  refused.resume();

  await closed;
  served.write('still here');
  expect(String((await once(served, 'data'))[0])).toBe('still here');
});

it('reads no more for a client that never reads, and serves the others', async () => {
  const block = Buffer.alloc(1024 * 1024);
  const server = await gateway(socket => {
    socket.once('data', first => {
      if (first[0] !== OPTIONS[0]) {
        socket.end(first);
        return;
      }
      const send = () => {
        while (socket.write(block));
        socket.once('drain', send);
      };
      send();
    });
  });
  const { proxy } = await proxyTo([server.target()]);
  const deaf = net.connect({ host: '127.0.0.1', port: proxy.port });
  open.push(deaf);
  deaf.pause();
  deaf.write(OPTIONS);
  await until(() => server.sockets.size === 1);
  const [upstream] = server.sockets;
  // What the sockets of both sides and the proxy hold, and not a byte more.
  expect(await untilStill(() => upstream.bytesWritten)).toBeGreaterThan(0);

  expect(await isServed(proxy.port)).toBe(true);
  deaf.destroy();
  await until(() => server.sockets.size === 0);
});

it.each([
  ['TLS', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]), /speaks TLS to/],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /the byte 0x47|is not CQL/],
  [
    'CQL of version 2',
    Buffer.from([2, 0, 0, 5, 0, 0, 0, 0, 0]),
    /begins with the byte 0x02/,
  ],
])(
  'closes a client that speaks %s where CQL is read, and serves the next',
  async (_what, bytes, message) => {
    const server = await gateway();
    const { proxy } = await proxyTo([server.target()], {
      rewrite: createPeersRewriter(),
    });
    const stranger = await client(proxy.port);
    stranger.write(bytes);
    await readAll(stranger).catch(() => {});
    await until(() => lines.length > 0);

    expect(lines).toEqual([expect.stringMatching(message)]);
    const next = await client(proxy.port);
    // The gateway echoes: what comes back is no answer, and that is said, too.
    next.write(OPTIONS);
    await until(() => lines.length > 1);
    expect(lines[1]).toMatch(/an answer that begins with the byte 0x04/);
  },
);
