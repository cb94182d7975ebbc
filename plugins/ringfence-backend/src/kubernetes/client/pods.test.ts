import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import {
  startFakeApiServer,
  type FakeApiServer,
} from './__testUtils__/fakeApiServer';
import { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';

const POD = { namespace: 'orders', pod: 'orders-0', container: 'scylla' };
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const DATA = 0;
const ERROR = 1;

let fake: FakeApiServer;
let sockets: WebSocketServer;
let kubernetes: ClientNodeKubernetesCluster;
const paths: string[] = [];

beforeEach(async () => {
  fake = await startFakeApiServer();
  sockets = new WebSocketServer({
    server: fake.server,
    handleProtocols: () => 'v4.channel.k8s.io',
  });
  sockets.on('connection', (_socket, { url }) => paths.push(url!));
  kubernetes = new ClientNodeKubernetesCluster('eu-1', {
    from: 'url',
    url: fake.url,
    caData: fake.caData,
    credentials: { token: () => 'a-token' },
  });
});

afterEach(() => {
  paths.length = 0;
  sockets.close();
  fake.close();
});

const frame = (channel: number, content: Buffer | string) =>
  Buffer.concat([Buffer.from([channel]), Buffer.from(content)]);

function serve(onConnection: (socket: WebSocket) => void): void {
  sockets.on('connection', onConnection);
}

/** Answers the upgrade with an HTTP status, as the API server does where a right is missing. */
function refuseWith(status: string): void {
  fake.server.removeAllListeners('upgrade');
  fake.server.on('upgrade', (_request, socket) =>
    socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`),
  );
}

describe('exec', () => {
  const status = (body: object) => frame(STATUS, JSON.stringify(body));
  const exited = (code: number) =>
    status({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: 'command terminated',
      details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
    });

  it('gives what was printed, and passes the command without a shell', async () => {
    serve(socket => {
      socket.send(frame(STDOUT, 'UN  10.0.'));
      socket.send(frame(STDERR, 'a warning'));
      socket.send(frame(STDOUT, '0.1'));
      socket.send(status({ status: 'Success' }));
    });

    expect(
      await kubernetes.exec(POD, ['nodetool', 'status', '; $HOME']),
    ).toEqual({ exitCode: 0, stdout: 'UN  10.0.0.1', stderr: 'a warning' });
    const url = new URL(paths[0], fake.url);
    expect(url.pathname).toBe('/api/v1/namespaces/orders/pods/orders-0/exec');
    expect(url.searchParams.getAll('command')).toEqual([
      'nodetool',
      'status',
      '; $HOME',
    ]);
    expect(url.searchParams.get('stdin')).toBe('false');
  });

  it('gives the exit code of a command that failed', async () => {
    serve(socket => {
      socket.send(frame(STDERR, 'no such host'));
      socket.send(exited(3));
    });

    expect(await kubernetes.exec(POD, ['nodetool'])).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'no such host',
    });
  });

  it('tells a command that did not run', async () => {
    serve(socket =>
      socket.send(status({ status: 'Failure', message: 'not found in $PATH' })),
    );

    await expect(kubernetes.exec(POD, ['absent'])).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message:
        'Command "absent" in pod "orders/orders-0" of Kubernetes cluster "eu-1" did not run: not found in $PATH',
    });
  });

  it('does not take a connection that was cut for success', async () => {
    serve(socket => {
      socket.send(frame(STDOUT, 'UN  10.0.0.1'));
      socket.close();
    });

    await expect(kubernetes.exec(POD, ['nodetool'])).rejects.toThrow(
      'was cut off',
    );
  });

  it('gives up after its time, and with its signal', async () => {
    const left: Promise<unknown>[] = [];
    serve(socket => left.push(once(socket, 'close')));

    await expect(
      kubernetes.exec(POD, ['sleep'], { timeoutMs: 20 }),
    ).rejects.toThrow('did not end within 0.02 s');
    await expect(
      kubernetes.exec(POD, ['sleep'], { signal: AbortSignal.timeout(20) }),
    ).rejects.toThrow('aborted');
    await Promise.all(left);
  });

  it.each([
    ['403 Forbidden', 'NotAllowedError', 'Grant get and create on pods/exec'],
    ['404 Not Found', 'NotFoundError', 'pods/exec "orders/orders-0"'],
    ['503 Unavailable', 'ServiceUnavailableError', 'HTTP status 503'],
  ])('tells what %s means', async (line, name, message) => {
    refuseWith(line);

    await expect(kubernetes.exec(POD, ['ls'])).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});

describe('portForward', () => {
  const port = Buffer.from([0x23, 0x52]);
  const begin = (socket: WebSocket) => {
    socket.send(frame(DATA, port));
    socket.send(frame(ERROR, port));
  };

  it('carries bytes both ways', async () => {
    serve(socket => {
      begin(socket);
      socket.on('message', (data: Buffer) => socket.send(data));
    });
    const stream = await kubernetes.portForward(POD, 9042);
    stream.write('hello');

    expect(String((await once(stream, 'data'))[0])).toBe('hello');
    expect(paths).toEqual([
      '/api/v1/namespaces/orders/pods/orders-0/portforward?ports=9042',
    ]);
    stream.destroy();
  });

  it('ends when the other side does', async () => {
    serve(socket => {
      begin(socket);
      socket.send(frame(DATA, 'goodbye'));
      socket.close();
    });
    const stream = await kubernetes.portForward(POD, 9042);
    let text = '';
    for await (const chunk of stream) text += chunk;

    expect(text).toBe('goodbye');
  });

  it.each(['end', 'destroy'] as const)(
    'closes the connection with %s',
    async how => {
      const closed = new Promise(resolve => {
        serve(socket => {
          begin(socket);
          socket.once('close', resolve);
        });
      });
      const stream = await kubernetes.portForward(POD, 9042);
      stream[how]();

      await expect(closed).resolves.toBeDefined();
    },
  );

  it('tells a port on which nothing listens', async () => {
    serve(socket => {
      begin(socket);
      socket.send(frame(ERROR, 'connection refused'));
    });
    const stream = await kubernetes.portForward(POD, 9042);
    const [error] = await once(stream, 'error');

    expect(error).toMatchObject({
      name: 'ServiceUnavailableError',
      message:
        'No connection to port 9042 of pod "orders/orders-0" of Kubernetes cluster "eu-1": connection refused',
    });
  });

  it('survives a refusal that nobody listens for yet, and still tells it', async () => {
    serve(socket => {
      socket.send(frame(ERROR, Buffer.from([0, 0])));
      socket.send(frame(ERROR, 'connection refused'));
    });
    const stream = await kubernetes.portForward(POD, 9042);
    // `once` of node:events would listen for errors.
    await new Promise<void>(resolve => {
      if (stream.closed) resolve();
      else stream.once('close', () => resolve());
    });
    await expect(stream.toArray()).rejects.toThrow('connection refused');
  });

  it('holds a fast pod back while nobody reads, and loses nothing', async () => {
    const content = randomBytes(32 * 1024 * 1024);
    let sent = 0;
    serve(async socket => {
      begin(socket);
      for (let at = 0; at < content.length; at += 65536) {
        const chunk = frame(DATA, content.subarray(at, at + 65536));
        await new Promise(resolve => socket.send(chunk, resolve));
        sent += chunk.length - 1;
      }
      socket.close();
    });
    const stream = await kubernetes.portForward(POD, 9042);
    for (let last = -1, same = 0; same < 20; last = sent) {
      same = sent === last ? same + 1 : 0;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    expect(sent).toBeLessThan(content.length / 2);

    const hash = createHash('sha256');
    for await (const chunk of stream) hash.update(chunk);
    expect(hash.digest('hex')).toBe(
      createHash('sha256').update(content).digest('hex'),
    );
  });

  it('tells a missing right', async () => {
    refuseWith('403 Forbidden');

    await expect(kubernetes.portForward(POD, 9042)).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringContaining(
        'Grant get and create on pods/portforward',
      ),
    });
  });
});
