import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mintCa } from '@ringfence/connection/testUtils';
import { strToU8, zipSync } from 'fflate';
import {
  connectTo,
  readAll,
  SERVER_NAME,
  startTestGateway,
  until,
  type TestGateway,
} from '../__testUtils__/gateway';
import { EXIT_CODES } from '../ConnectError';
import { runProgram } from './program';

const DAY_MS = 24 * 60 * 60 * 1000;
const ENVIRONMENT = ['LOCAL_PORT', 'GATEWAY_HOST', 'GATEWAY_PORT', 'CA_FILE'];

let folder: string;
let gateway: TestGateway;
const signals = new EventEmitter();
const output: string[] = [];
const errors: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connect-'));
  gateway = await startTestGateway();
});

afterEach(async () => {
  gateway.close();
  output.length = 0;
  errors.length = 0;
  ENVIRONMENT.forEach(name => delete process.env[name]);
  await rm(folder, { recursive: true });
});

async function bundleOf({ connection, caPem }: TestGateway): Promise<string> {
  const path = join(folder, 'orders-bundle.zip');
  const files = {
    'connection.json': strToU8(JSON.stringify(connection())),
    'ca.crt': strToU8(caPem),
  };
  await writeFile(path, zipSync(files));
  return path;
}

function run(...args: string[]): Promise<number> {
  return runProgram(args, {
    print: line => output.push(line),
    printError: line => errors.push(line),
    environment: {},
    now: () => new Date(),
    signals,
    version: '1.2.3',
  });
}

/** Starts `up` and waits until it is ready. */
async function runUp(...args: string[]) {
  const ended = run(
    'up',
    await bundleOf(gateway),
    '--local-port',
    '0',
    ...args,
  );
  await until(() => output.length >= 4 || errors.length > 0);
  const port = Number(/^Listening on 127\.0\.0\.1:(\d+)/.exec(output[0])?.[1]);
  return { ended, port };
}

it('says where it listens, how long the certificates last and what to do next', async () => {
  const { ended, port } = await runUp();

  expect(output).toEqual([
    expect.stringMatching(
      new RegExp(
        `^Listening on 127\\.0\\.0\\.1:${port} -> 127\\.0\\.0\\.1:${gateway.port} \\(TLS 1\\.3, X25519.*, verified as ${SERVER_NAME}\\)$`,
      ),
    ),
    'CA "orders CA" expires in 364 days; server certificate expires in 29 days',
    `Try: cqlsh 127.0.0.1 ${port} -u orders_app`,
    'Ready for new connections; Ctrl-C ends',
  ]);
  signals.emit('SIGINT');
  expect(await ended).toBe(EXIT_CODES.Ok);
});

it('lets open connections end after the first signal', async () => {
  const { ended, port } = await runUp();
  const socket = await connectTo(port);
  socket.write('hello');
  await once(socket, 'data');
  signals.emit('SIGTERM');
  await until(() => output.length > 4);
  expect(output.at(-1)).toBe(
    'Closing: waiting a moment for 1 open connection; once more ends at once',
  );
  socket.end('goodbye');

  expect((await readAll(socket)).toString()).toBe('goodbye');
  expect(await ended).toBe(EXIT_CODES.Ok);
});

it('ends at once on the second signal', async () => {
  const { ended, port } = await runUp();
  const socket = await connectTo(port);
  socket.write('hello');
  await once(socket, 'data');
  signals.emit('SIGINT');
  await until(() => output.length > 4);
  signals.emit('SIGINT');

  expect(await ended).toBe(EXIT_CODES.Interrupted);
  socket.end();
  await readAll(socket);
});

it('takes a flag before the environment and the environment before the bundle', async () => {
  process.env.GATEWAY_HOST = 'localhost';
  process.env.GATEWAY_PORT = '1';
  const { ended } = await runUp('--gateway-port', String(gateway.port));
  signals.emit('SIGINT');
  await ended;

  expect(output[0]).toContain(`-> localhost:${gateway.port} `);
});

it('says nothing about environment variables that are empty', async () => {
  ENVIRONMENT.forEach(name => {
    process.env[name] = '';
  });
  const { ended } = await runUp();
  signals.emit('SIGINT');

  expect(await ended).toBe(EXIT_CODES.Ok);
});

it.each<[string, () => Promise<TestGateway>, keyof typeof EXIT_CODES, RegExp]>([
  [
    'an expired certificate',
    () =>
      startTestGateway(undefined, {
        dnsNames: [SERVER_NAME],
        notBefore: new Date(Date.now() - 2 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
    'Unverified',
    /^Error: Certificate of .* expired on .* UTC$/,
  ],
  [
    'a certificate for another name',
    () => startTestGateway(undefined, { dnsNames: ['payments.example.com'] }),
    'Unverified',
    /^Error: Certificate of .* is for payments\.example\.com, not for "orders\.example\.com"$/,
  ],
])('does not listen before %s', async (_what, start, reason, message) => {
  gateway.close();
  gateway = await start();
  const { ended } = await runUp();

  expect(await ended).toBe(EXIT_CODES[reason]);
  expect(output).toEqual([]);
  expect(errors).toEqual([
    expect.stringMatching(message),
    expect.stringMatching(/^What to do: ./),
  ]);
});

it('does not listen before a gateway of another CA', async () => {
  const other = await mintCa({ name: 'another CA' });
  const caFile = join(folder, 'other.crt');
  await writeFile(caFile, other.certPem);
  const { ended } = await runUp('--ca-file', caFile);

  expect(await ended).toBe(EXIT_CODES.Unverified);
  expect(errors[0]).toContain(
    'was not issued by the CA to trust, "another CA"',
  );
});

it('does not listen where the gateway does not', async () => {
  const bundle = await bundleOf(gateway);
  gateway.close();

  expect(await run('up', bundle, '--local-port', '0')).toBe(
    EXIT_CODES.Unreachable,
  );
  expect(errors[0]).toMatch(/was refused: nothing listens there$/);
});

it('says that the local port is taken', async () => {
  const first = await runUp();
  const second = await run(
    'up',
    await bundleOf(gateway),
    '--local-port',
    String(first.port),
  );

  expect(second).toBe(EXIT_CODES.LocalPort);
  signals.emit('SIGINT');
  await first.ended;
});

it.each([
  [['up'], /missing required argument 'bundle'/],
  [
    ['up', 'x.zip', '--local-port', '70000'],
    /Expected a whole number from 0 to 65535/,
  ],
  [
    ['up', 'x.zip', '--gateway-port', 'cql'],
    /Expected a whole number from 1 to 65535/,
  ],
  [['up', 'x.zip', '--skip-verify'], /unknown option '--skip-verify'/],
  [['down'], /unknown command 'down'/],
])('refuses the arguments %j', async (args, message) => {
  expect(await run(...args)).toBe(EXIT_CODES.Usage);
  expect(errors.join('\n')).toMatch(message);
});

it('runs as a program and ends on SIGTERM', async () => {
  const script = join(__dirname, '../../bin/ringfence-connect');
  const child = spawn(
    process.execPath,
    [script, 'up', await bundleOf(gateway)],
    {
      env: { ...process.env, LOCAL_PORT: '0', NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    output.push(line);
    if (line.startsWith('Ready')) child.kill('SIGTERM');
  }
  if (child.exitCode === null) await once(child, 'exit');

  expect(output).toContain('Closing');
  expect(child.exitCode).toBe(EXIT_CODES.Ok);
}, 20_000);
