import { EventEmitter } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  LOGIN,
  startTestDatabase,
  type TestDatabase,
} from '../__testUtils__/database';
import { EXIT_CODES } from '../ConnectError';
import { runProgram } from './program';

let database: TestDatabase;
const output: string[] = [];
const errors: string[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(() => {
  output.length = 0;
  errors.length = 0;
});

function run(args: string[], environment: NodeJS.ProcessEnv = {}) {
  return runProgram(args, {
    print: line => output.push(line),
    printError: line => errors.push(line),
    environment: { PATH: process.env.PATH, ...environment },
    now: () => new Date(),
    signals: new EventEmitter(),
    version: '1.2.3',
  });
}

const node = (script: string) => [process.execPath, '-e', script];

describe('run', () => {
  it('gives a command a proxy for its life, and ends with its exit code', async () => {
    const script = `
      const net = require('node:net');
      const { RINGFENCE_HOST: host, RINGFENCE_PORT: port, CQLSH_PORT } = process.env;
      const socket = net.connect({ host, port });
      // OPTIONS of protocol version 4: SUPPORTED is opcode 6.
      socket.write(Buffer.from([4, 0, 0, 1, 5, 0, 0, 0, 0]));
      socket.once('data', bytes => process.exit(bytes[4] === 6 && port === CQLSH_PORT ? 7 : 1));
    `;
    expect(await run(['run', database.folder, '--', ...node(script)])).toBe(7);
    expect(errors).toEqual([]);
  });

  it('hands everything after "--" to the command', async () => {
    const file = join(database.folder, 'said');
    const script = `require('node:fs').writeFileSync(${JSON.stringify(
      file,
    )}, process.argv.slice(1).join(' '))`;
    await run([
      'run',
      database.folder,
      '--',
      ...node(script),
      '--',
      '--version',
      '-x',
    ]);
    expect(await readFile(file, 'utf8')).toBe('--version -x');
  });

  it('says which command cannot be started', async () => {
    expect(await run(['run', database.folder, '--', 'no-such-command'])).toBe(
      EXIT_CODES.CommandNotFound,
    );
    expect(errors[0]).toBe(
      'Error: Command "no-such-command" cannot be started (ENOENT)',
    );
  });
});

describe('check', () => {
  it('prints a line for each step', async () => {
    const environment = { CASSANDRA_PASSWORD: LOGIN.password };
    expect(await run(['check', database.folder], environment)).toBe(
      EXIT_CODES.Ok,
    );
    expect(output[0]).toBe(
      `✓ ca       clients of eu-1/orders trust "orders CA"`,
    );
    expect(output.at(-1)).toBe('✓ ring     3 nodes, one schema');
  });

  it('has an exit code for each step, and JSON for programs', async () => {
    const args = ['check', database.folder, '--gateway-port', '1', '--json'];
    expect(await run(args)).toBe(EXIT_CODES.Tcp);
    const { ok, failed, steps } = JSON.parse(output.join('\n'));
    expect({ ok, failed }).toEqual({ ok: false, failed: 'tcp' });
    expect(steps).toHaveLength(9);
  });
});

describe('wait', () => {
  it('ends when the gateway verifies', async () => {
    expect(await run(['wait', database.folder])).toBe(EXIT_CODES.Ok);
    expect(output[0]).toMatch(/^The gateway answers and verifies \(TLS 1\.3/);
  });

  it('gives up after its time, saying what it waited for', async () => {
    const args = ['--gateway-port', '1', '--timeout', '1'];
    expect(await run(['wait', database.folder, ...args])).toBe(
      EXIT_CODES.Unreachable,
    );
    expect(errors.filter(line => line.startsWith('Waiting: '))).toHaveLength(1);
  });
});

it('prints the environment in words that a shell reads', async () => {
  await run(['env', database.folder, '--local-port', '19042']);
  expect(output).toEqual([
    'export RINGFENCE_HOST=127.0.0.1',
    'export RINGFENCE_PORT=19042',
    'export RINGFENCE_USERNAME=orders_app',
    'export RINGFENCE_DATACENTER=dc1',
    'export CQLSH_HOST=127.0.0.1',
    'export CQLSH_PORT=19042',
  ]);
});

describe('of a database that speaks another protocol', () => {
  let folder: string;
  beforeAll(async () => {
    folder = join(database.folder, 'ignite');
    await mkdir(folder);
    const read = (file: string) =>
      readFile(join(database.folder, file), 'utf8');
    const { cql, ...connection } = JSON.parse(await read('connection.json'));
    await writeFile(join(folder, 'ca.crt'), await read('ca.crt'));
    await writeFile(
      join(folder, 'connection.json'),
      JSON.stringify({ ...connection, protocol: 'ignite' }),
    );
  });

  it('env tells the port of that protocol, and nothing to cqlsh', async () => {
    await run(['env', folder]);
    expect(output).toEqual([
      'export RINGFENCE_HOST=127.0.0.1',
      'export RINGFENCE_PORT=10800',
      'export RINGFENCE_USERNAME=orders_app',
    ]);
  });

  it('run refuses to rewrite what is not CQL', async () => {
    const args = ['run', '--rewrite-peers', folder, '--', ...node('')];
    expect(await run(args)).toBe(EXIT_CODES.Usage);
    expect(errors[0]).toContain('--rewrite-peers is of CQL');
  });

  it('run gives a command a proxy all the same', async () => {
    const script = 'process.exit(process.env.CQLSH_PORT ? 1 : 7)';
    expect(await run(['run', folder, '--', ...node(script)])).toBe(7);
  });
});

it("prints the bundle's files for a client", async () => {
  await mkdir(join(database.folder, 'python'), { recursive: true });
  await writeFile(
    join(database.folder, 'python', 'example.py'),
    'import ssl\n',
  );
  await run(['print', database.folder, 'python']);
  expect(output).toEqual(['import ssl']);
  expect(await run(['print', database.folder, 'cobol'])).toBe(EXIT_CODES.Usage);
  expect(errors[0]).toContain('has no files for "cobol"');
});
