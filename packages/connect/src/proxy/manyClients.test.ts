import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestGateway, type TestGateway } from '../__testUtils__/gateway';

const PROGRAM = resolve(__dirname, '../../bin/ringfence-connect');
/** OPTIONS of protocol version 4 on stream 7. */
const OPTIONS = Buffer.from([4, 0, 0, 7, 5, 0, 0, 0, 0]);
const CROWD = 10_000;
/** Open files of this process that are not clients'. */
const OTHER_FILES = 2_500;

// Ten thousand of anything take a machine that does much else its time.
jest.setTimeout(180_000);

let gateway: TestGateway;
let bundle: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
  gateway = await startTestGateway();
  bundle = await mkdtemp(join(tmpdir(), 'ringfence-crowd-'));
  await writeFile(join(bundle, 'ca.crt'), gateway.caPem);
  await writeFile(
    join(bundle, 'connection.json'),
    JSON.stringify(gateway.connection()),
  );
});

afterEach(() => {
  running?.kill('SIGKILL');
});

afterAll(async () => {
  gateway.close();
  await rm(bundle, { recursive: true });
});

/** The program in a process of its own, so that its open files are its own. */
async function up(files: number | undefined, ...args: readonly string[]) {
  const limit = files ? `ulimit -n ${files}; ` : '';
  const child = spawn(
    'sh',
    ['-c', `${limit}exec "$0" "$@"`, process.execPath, PROGRAM].concat(
      ['up', bundle, '--local-port', '0'],
      args,
    ),
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  running = child;
  const complaints: string[] = [];
  createInterface(child.stderr).on('line', line => complaints.push(line));
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /^Listening on \S+:(\d+) /.exec(line) ?? [];
    if (port) return { port: Number(port), complaints, child };
  }
  throw new Error(`It ended before it listened: ${complaints.join('\n')}`);
}

/** How the proxy answers one client: by the gateway (which echoes), in words, or by closing. */
function ask(port: number): Promise<{ how: string; socket: net.Socket }> {
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.write(OPTIONS);
  return new Promise(settle => {
    const end = (how: string) => settle({ how, socket });
    socket.once('data', (answer: Buffer) =>
      end(answer[0] === OPTIONS[0] ? 'carried' : 'told'),
    );
    socket.once('close', () => end('closed'));
    socket.on('error', () => {});
  });
}

async function crowd(port: number, size: number) {
  const answers = await Promise.all(
    Array.from({ length: size }, () => ask(port)),
  );
  answers.forEach(({ socket }) => socket.destroy());
  const count = (how: string) =>
    answers.filter(answer => answer.how === how).length;
  return {
    carried: count('carried'),
    told: count('told'),
    closed: count('closed'),
  };
}

/** Once those before it have gone; false where that takes longer than half a minute. */
async function isServed(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { how, socket } = await ask(port);
    socket.destroy();
    if (how === 'carried') return true;
    await delay(100);
  }
  return false;
}

/** As many as there are to be, where this process may open so many files. */
function sizeOfCrowd(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { soft: number | string } };
  };
  const files = Number(userLimits.open_files.soft);
  return Number.isNaN(files) ? CROWD : Math.min(CROWD, files - OTHER_FILES);
}

it('carries of ten thousand at once as many as it may, tells the others why not, and serves the next', async () => {
  const size = sizeOfCrowd();
  const proxy = await up(undefined, '--max-connections', '500');

  const { carried, told, closed } = await crowd(proxy.port, size);
  expect(carried).toBe(500);
  expect(told + closed).toBe(size - 500);
  // Who does not ask within a second is closed, and a machine with much to do lets some be late.
  expect(told).toBeGreaterThan(closed);
  expect(proxy.complaints).toEqual([
    expect.stringMatching(/500 are open, as many as --max-connections allows/),
  ]);
  expect(await isServed(proxy.port)).toBe(true);
});

it('outlives ten thousand at once where it may open few files, says so, and serves the next', async () => {
  const size = sizeOfCrowd();
  const proxy = await up(400);
  const { carried, told, closed } = await crowd(proxy.port, size);

  expect(carried + told + closed).toBe(size);
  // How many there is a file left for when their turn comes is the system's to say.
  expect(carried).toBeGreaterThan(0);
  expect(proxy.complaints).toContainEqual(
    expect.stringMatching(/126 are open, as many as the limit of 400 open/),
  );
  expect(await isServed(proxy.port)).toBe(true);
});
