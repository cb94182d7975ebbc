import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { Readable } from 'node:stream';
import tls from 'node:tls';
import { DialError } from '@ringfence/connection/dial';
import {
  connectTo,
  readAll,
  startTestGateway,
  until,
  untilStill,
  type TestGateway,
} from '../__testUtils__/gateway';
import { Gateways } from '../gateways';
import { startProxy, type Proxy, type ProxyOptions } from './startProxy';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const LARGE = randomBytes(48 * MIB);

// A machine that does much else takes its time.
jest.setTimeout(60_000);

const open: Array<{ destroy(): void }> = [];
const lines: string[] = [];

afterEach(() => {
  open.splice(0).forEach(closable => closable.destroy());
  lines.length = 0;
});

async function gateway(
  ...args: Parameters<typeof startTestGateway>
): Promise<TestGateway> {
  const started = await startTestGateway(...args);
  open.push({ destroy: started.close });
  return started;
}

async function proxyTo(
  { target }: Pick<TestGateway, 'target'>,
  options: Partial<ProxyOptions> = {},
): Promise<Proxy> {
  const proxy = await startProxy(
    { localPort: 0, gateways: new Gateways([target()]), ...options },
    { log: line => lines.push(line) },
  );
  open.push(proxy);
  return proxy;
}

async function client(proxy: Proxy): Promise<net.Socket> {
  const socket = await connectTo(proxy.port);
  open.push(socket);
  return socket;
}

function* chunksOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    yield bytes.subarray(at, at + CHUNK_BYTES);
  }
}

const sha256 = (bytes: Buffer) =>
  createHash('sha256').update(bytes).digest('hex');

it('carries bytes both ways, over TLS', async () => {
  const proxy = await proxyTo(await gateway());
  const socket = await client(proxy);
  socket.end('select now()');

  expect((await readAll(socket)).toString()).toBe('select now()');
  await until(() => proxy.connectionCount() === 0);
});

it('lets a client that has ended still receive', async () => {
  const server = await gateway(async socket => {
    const request = await readAll(socket);
    socket.end(`got ${request}`);
  });
  const socket = await client(await proxyTo(server));
  socket.end('all of it');

  expect((await readAll(socket)).toString()).toBe('got all of it');
});

it('lets a client still send when the gateway has ended', async () => {
  let received: Promise<Buffer> | undefined;
  const server = await gateway(socket => {
    socket.end('goodbye');
    received = readAll(socket);
  });
  const socket = await client(await proxyTo(server));

  expect((await readAll(socket)).toString()).toBe('goodbye');
  socket.end('one more thing');
  expect((await received)?.toString()).toBe('one more thing');
});

it('holds the gateway back while the client does not read, and loses nothing', async () => {
  let sent = 0;
  const server = await gateway(socket => {
    const source = Readable.from(chunksOf(LARGE));
    source.on('data', chunk => {
      sent += chunk.length;
    });
    source.pipe(socket);
  });
  const proxy = await proxyTo(server);
  const socket = net.connect({ host: '127.0.0.1', port: proxy.port });
  open.push(socket);
  socket.pause();
  await until(() => server.sockets.size === 1);

  // No more than what fits into the buffers of sockets and streams.
  expect(await untilStill(() => sent)).toBeLessThan(LARGE.length / 2);
  expect(sha256(await readAll(socket))).toBe(sha256(LARGE));
});

it('holds the client back while the gateway does not read, and loses nothing', async () => {
  const server = await gateway(socket => socket.pause());
  const socket = await client(await proxyTo(server));
  socket.end(LARGE);
  await until(() => server.sockets.size === 1);
  const [upstream] = server.sockets;
  const read = await untilStill(() => upstream.bytesRead);

  expect(read).toBeLessThan(LARGE.length / 2);
  expect(sha256(await readAll(upstream))).toBe(sha256(LARGE));
});

it('closes the upstream of a client that goes away', async () => {
  const server = await gateway();
  const socket = await client(await proxyTo(server));
  socket.write('hello');
  await once(socket, 'data');
  expect(server.sockets.size).toBe(1);
  socket.resetAndDestroy();

  await until(() => server.sockets.size === 0);
});

it('closes the client when the gateway goes away', async () => {
  const server = await gateway();
  const socket = await client(await proxyTo(server));
  socket.write('hello');
  await once(socket, 'data');
  server.sockets.forEach(upstream => upstream.destroy());
  socket.end();

  expect((await readAll(socket)).length).toBe(0);
});

it('closes a client whose upstream does not come about, says why once, and serves the others', async () => {
  const server = await gateway();
  const proxy = await proxyTo(server);
  const first = await client(proxy);
  first.write('hello');
  await once(first, 'data');
  const other = await gateway();
  const impostors = await proxyTo({
    target: () => server.target({ caPem: other.caPem }),
  });
  for (let i = 0; i < 2; i++) {
    const refused = await client(impostors);
    refused.end();
    expect((await readAll(refused)).length).toBe(0);
  }

  expect(lines).toEqual([
    expect.stringMatching(
      /^Connection closed: Certificate of 127\.0\.0\.1:\d+ .*was not issued by the CA to trust.*Download a new bundle/,
    ),
  ]);
  first.write('still here');
  expect(String((await once(first, 'data'))[0])).toBe('still here');
});

it('says when the gateway answers again', async () => {
  const server = await gateway();
  const closed = new DialError({
    step: 'tcp',
    code: 'Refused',
    message: 'refused',
    remedy: 'Try again',
  });
  const dial = jest.fn().mockRejectedValueOnce(closed);
  const { dial: real } = jest.requireActual('@ringfence/connection/dial');
  dial.mockImplementation(real);
  const gateways = new Gateways([server.target()], { dial });
  const proxy = await proxyTo(server, { gateways });
  const refused = await client(proxy);
  refused.end();
  await readAll(refused);
  const served = await client(proxy);
  served.end('hello');
  await readAll(served);

  expect(lines).toEqual([
    'Connection closed: refused. Try again',
    'The gateway answers again',
  ]);
  expect(proxy.gatewayAnswers()).toBe(true);
  expect(proxy.counts()).toEqual({ carried: 1, failed: 1, refused: 0 });
});

it('refuses clients above the ceiling in words that a driver shows, and serves the others', async () => {
  const proxy = await proxyTo(await gateway(), { maxConnections: 1 });
  const served = await client(proxy);
  served.write('hello');
  await once(served, 'data');
  const refused = await client(proxy);
  // OPTIONS of protocol version 4 on stream 7.
  refused.write(Buffer.from([4, 0, 0, 7, 5, 0, 0, 0, 0]));
  const answer = await readAll(refused);

  expect([...answer.subarray(0, 5)]).toEqual([0x84, 0, 0, 7, 0]);
  expect(answer.readInt32BE(9)).toBe(0x1001);
  expect(answer.subarray(15).toString()).toBe(
    'ringfence-connect refuses new connections: 1 are open, as many as --max-connections allows',
  );
  expect(proxy.counts()).toMatchObject({ carried: 1, refused: 1 });
  expect(lines).toHaveLength(1);
  served.write('still here');
  expect(String((await once(served, 'data'))[0])).toBe('still here');
});

it('says so where a client speaks TLS to it', async () => {
  const proxy = await proxyTo(await gateway());
  const socket = tls.connect({ host: '127.0.0.1', port: proxy.port });
  await expect(once(socket, 'secureConnect')).rejects.toThrow();

  expect(lines).toEqual([
    expect.stringMatching(
      /^Connection closed: a client speaks TLS to 127\.0\.0\.1:\d+, which takes plaintext/,
    ),
  ]);
});

it('says that the port is taken', async () => {
  const server = await gateway();
  const { port } = await proxyTo(server);

  await expect(proxyTo(server, { localPort: port })).rejects.toMatchObject({
    reason: 'LocalPort',
    message: `Port 127.0.0.1:${port} is taken by another program`,
    remedy: expect.stringContaining('--local-port'),
  });
});

it('lets open connections end before it closes, and takes no new ones', async () => {
  const proxy = await proxyTo(await gateway(), { drainTimeoutMs: 60_000 });
  const socket = await client(proxy);
  socket.write('before');
  await once(socket, 'data');
  const closed = proxy.close();
  socket.write('after');

  expect(String((await once(socket, 'data'))[0])).toBe('after');
  await expect(connectTo(proxy.port)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
  socket.end();
  await readAll(socket);
  await closed;
});

it('closes what is left when the time to drain is over', async () => {
  const proxy = await proxyTo(await gateway(), { drainTimeoutMs: 20 });
  const socket = await client(proxy);
  socket.write('hello');
  await once(socket, 'data');

  await proxy.close();
  await until(() => proxy.connectionCount() === 0);
  expect((await readAll(socket)).length).toBe(0);
});

it('stops dialling for a client that has gone', async () => {
  const silent = net.createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as net.AddressInfo;
  const trusted = await gateway();
  const proxy = await proxyTo({ target: () => trusted.target({ port }) });
  const accepted = once(silent, 'connection');
  await client(proxy);
  const [upstream] = (await accepted) as [net.Socket];
  open.push({ destroy: () => silent.close() }, upstream);
  upstream.resume();
  proxy.destroy();

  await once(upstream, 'close');
  expect(lines).toEqual([]);
});
