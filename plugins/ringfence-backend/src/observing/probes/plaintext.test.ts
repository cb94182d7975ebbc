import { once } from 'node:events';
import {
  connect,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { mintCa } from '@ringfence/connection/testUtils';
import type { ProbeContext } from './Probe';
import { askInPlaintext, probePlaintext } from './plaintext';
import { CQL_QUESTION } from './plaintextQuestions';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  sockets.splice(0).forEach(socket => socket.destroy());
  servers.splice(0).forEach(server => server.close());
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function ask(port: number, signal = new AbortController().signal) {
  return askInPlaintext('127.0.0.1', port, CQL_QUESTION, signal);
}

const answering = (...bytes: number[]) =>
  createServer(socket =>
    socket.once('data', () => socket.write(Buffer.from(bytes))),
  );

it('is refused by a TLS server', async () => {
  const ca = await mintCa({ name: 'orders CA' });
  const { certPem, keyPem } = await ca.issue({
    dnsNames: ['orders.example.com'],
  });
  const port = await listen(createTlsServer({ cert: certPem, key: keyPem }));
  expect(await ask(port)).toMatchObject({ refused: true });
});

it.each([3, 4, 5])('is answered by a server of CQL v%i', async version => {
  const port = await listen(answering(0x80 + version, 0, 0, 0, 6));
  expect(await ask(port)).toEqual({
    refused: false,
    message: `CQL v${version} answered in plaintext`,
  });
});

it.each([
  [
    'closes',
    createServer(socket => socket.once('data', () => socket.end())),
    'the connection was closed',
  ],
  [
    'resets',
    createServer(socket => socket.once('data', () => socket.resetAndDestroy())),
    'the connection was reset',
  ],
  ['sends a TLS alert', answering(0x15, 3, 1, 0, 2, 2, 70), 'a TLS alert'],
  [
    'speaks another protocol',
    createServer(socket => socket.write('HTTP/1.1 400\r\n')),
    'something that is not CQL answered',
  ],
])('is refused by a server that %s', async (_name, server, message) => {
  expect(await ask(await listen(server))).toEqual({ refused: true, message });
});

it('proves nothing where nobody listens', async () => {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  await expect(ask(port)).rejects.toThrow('ECONNREFUSED');
});

it('proves nothing where nobody answers', async () => {
  const controller = new AbortController();
  const server = createServer(socket =>
    socket.once('data', () => controller.abort()),
  );
  await expect(ask(await listen(server), controller.signal)).rejects.toThrow(
    'aborted',
  );
});

describe('of several TLS ports', () => {
  const closing = () =>
    createServer(socket => socket.once('data', () => socket.end()));
  const probe = (...tlsPorts: number[]) => {
    const context = {
      access: { exposure: 'tls', tlsPorts },
      objects: {
        gatewayAddresses: {
          known: true,
          value: [{ type: 'IPAddress', value: '127.0.0.1' }],
        },
      },
    } as unknown as ProbeContext;
    return probePlaintext(context, new AbortController().signal);
  };

  it('tells the one that answers', async () => {
    const first = await listen(closing());
    const second = await listen(answering(0x84, 0, 0, 0, 6));
    expect(await probe(first, second)).toEqual({
      port: second,
      refused: false,
      message: 'CQL v4 answered in plaintext',
    });
  });

  it('proves nothing where one could not be reached', async () => {
    const gone = createServer();
    const port = await listen(gone);
    gone.close();
    await once(gone, 'close');
    await expect(probe(await listen(closing()), port)).rejects.toThrow(
      'ECONNREFUSED',
    );
  });
});

describe('of several nodes that clients dial', () => {
  const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
  const pod = (name: string, status: object = READY) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'orders' },
    status,
  });

  async function probe(pods: object[], servedBy: Record<string, Server>) {
    const ports = new Map<string, number>();
    for (const [name, server] of Object.entries(servedBy)) {
      ports.set(name, await listen(server));
    }
    const context = {
      namespace: 'orders',
      access: { exposure: 'direct', tlsPorts: [9042] },
      objects: { pods: { known: true, value: pods } },
      kubernetes: {
        portForward: async ({ pod: name }: { pod: string }) => {
          const socket = connect(ports.get(name)!, '127.0.0.1');
          await once(socket, 'connect');
          return socket;
        },
      },
    } as unknown as ProbeContext;
    return probePlaintext(context, new AbortController().signal);
  }
  const closing = () =>
    createServer(socket => socket.once('data', () => socket.end()));

  it('tells the one that answers, whichever it is', async () => {
    const nodes = {
      'orders-0': closing(),
      'orders-1': answering(0x84, 0, 0, 0, 6),
    };
    expect(await probe([pod('orders-0'), pod('orders-1')], nodes)).toEqual({
      port: 9042,
      refused: false,
      message: 'node "orders-1": CQL v4 answered in plaintext',
    });
  });

  it('is refused where each of them refuses', async () => {
    const nodes = { 'orders-0': closing(), 'orders-1': closing() };
    expect(
      await probe([pod('orders-0'), pod('orders-1')], nodes),
    ).toMatchObject({ refused: true });
  });

  it.each([
    [
      'a pod that reset the connection',
      'read tcp 127.0.0.1:51312->127.0.0.1:9042: read: connection reset by peer',
      'is refused',
    ],
    [
      'a pod that took no connection',
      'dial tcp 127.0.0.1:9042: connect: connection refused',
      'connection refused',
    ],
  ])(
    'takes the word of what forwards the port for %s',
    async (_name, words, outcome) => {
      const stream = new Duplex({
        read() {},
        write(_chunk, _encoding, callback) {
          callback();
          stream.destroy(new Error(`No connection to port 9042: ${words}`));
        },
      });
      const context = {
        namespace: 'orders',
        access: { exposure: 'direct', tlsPorts: [9042] },
        objects: { pods: { known: true, value: [pod('orders-0')] } },
        kubernetes: { portForward: async () => stream },
      } as unknown as ProbeContext;
      const said = await probePlaintext(
        context,
        new AbortController().signal,
      ).then(
        ({ refused }) => (refused ? 'is refused' : 'is answered'),
        (error: Error) => error.message,
      );
      expect(said).toContain(outcome);
    },
  );

  it('sends again what has no answer: only then is it told that the pod has closed the connection', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      let writes = 0;
      const stream = new Duplex({
        read() {},
        write(_chunk, _encoding, callback) {
          writes += 1;
          callback();
          if (writes < 3) return;
          stream.destroy(new Error('write tcp 127.0.0.1:9042: broken pipe'));
        },
      });
      const context = {
        namespace: 'orders',
        access: { exposure: 'direct', tlsPorts: [9042] },
        objects: { pods: { known: true, value: [pod('orders-0')] } },
        kubernetes: { portForward: async () => stream },
      } as unknown as ProbeContext;
      const asked = probePlaintext(context, new AbortController().signal);
      await jest.advanceTimersByTimeAsync(2_000);
      expect(await asked).toMatchObject({ refused: true });
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('asks no node that is not ready, unless none is', async () => {
    const answers = () => ({ 'orders-1': answering(0x84, 0, 0, 0, 6) });
    const pods = [pod('orders-0'), pod('orders-1', {})];
    const nodes = { 'orders-0': closing(), ...answers() };
    expect(await probe(pods, nodes)).toMatchObject({ refused: true });
    expect(await probe([pod('orders-1', {})], answers())).toMatchObject({
      refused: false,
    });
  });
});
