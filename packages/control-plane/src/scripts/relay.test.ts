import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  connect,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

/* eslint-disable @backstage/no-relative-monorepo-imports -- the repository's own scripts are no package */
const loadRelay = () => import('../../../../scripts/lib/relay.mjs');

let directory: string;
const open: Server[] = [];

/** A server of a test, which ends with it. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** As in and out of a namespace: from a port to a Unix socket, from there to a port. */
async function relayTo(port: number): Promise<number> {
  const { socketPath, startRelay } = await loadRelay();
  const path = socketPath(directory, 'app');
  const inside = await startRelay({ path }, { host: 'localhost', port });
  const outside = await startRelay({ host: '127.0.0.1', port: 0 }, { path });
  open.push(inside, outside);
  return (outside.address() as AddressInfo).port;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-'));
});

afterEach(async () => {
  open.splice(0).forEach(server => server.close());
  await rm(directory, { recursive: true });
});

describe('two relays over a Unix socket', () => {
  it('carry what is said both ways, however long', async () => {
    const sent = Buffer.alloc(5_000_000, 'abc');
    const client = connect(await relayTo(await listen(it => it.pipe(it))));
    const received = buffer(client);
    client.end(sent);
    expect((await received).equals(sent)).toBe(true);
  });

  it('carry an answer that begins after the question has ended', async () => {
    const server = await listen(async socket => {
      const question = await buffer(socket);
      socket.end(`you said ${question}`);
    });
    const client = connect({
      port: await relayTo(server),
      allowHalfOpen: true,
    });
    client.end('hello');
    expect(String(await buffer(client))).toBe('you said hello');
  });

  it('keep connections apart', async () => {
    const port = await relayTo(await listen(it => it.pipe(it)));
    const answers = ['first', 'other'].map(text => {
      const client = connect(port);
      const received = buffer(client);
      client.end(text);
      return received;
    });
    expect((await Promise.all(answers)).map(String)).toEqual([
      'first',
      'other',
    ]);
  });

  it('end a connection where nothing listens at its far end', async () => {
    const nobody = await listen(() => {});
    const closed = once(open.pop()!.close(), 'close');
    await closed;
    const client = connect(await relayTo(nobody));
    client.on('error', () => {});
    client.resume();
    await once(client, 'close');
    expect(client.bytesRead).toBe(0);
  });

  it('end the far side when the near one breaks off', async () => {
    const ended = new Promise<string>(resolve => {
      void listen(socket => {
        // As any server does that does not go on after its client's last word.
        socket.resume().on('end', () => socket.end());
        socket.once('close', () => resolve('ended'));
        socket.write('welcome');
      }).then(async port => {
        const client = connect(await relayTo(port));
        client.once('data', () => client.resetAndDestroy());
      });
    });
    await expect(ended).resolves.toBe('ended');
  });
});
