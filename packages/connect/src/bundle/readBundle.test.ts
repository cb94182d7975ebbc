import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '@ringfence/connection';
import { mintCa } from '@ringfence/connection/testUtils';
import { strToU8, zipSync } from 'fflate';
import { connectionFor } from '../__testUtils__/gateway';
import { readBundle } from './readBundle';

// A machine that does much else takes its time.
jest.setTimeout(60_000);

let folder: string;
let caPem: string;
let connection: Connection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  caPem = (await mintCa({ name: 'orders CA' })).certPem;
  connection = connectionFor(9041, caPem);
});

afterAll(() => rm(folder, { recursive: true }));

type Files = Record<string, string>;

/** So many lines of 1,000 letters, which pack to about a tenth. */
const lines = (count: number) =>
  Array.from({ length: count }, () =>
    `${randomBytes(50).toString('hex')}\n`.padStart(1_000),
  ).join('');

const complete = (): Files => ({
  'connection.json': JSON.stringify(connection),
  'ca.crt': caPem,
  'README.md': 'How to connect',
});

async function zip(files: Files, change = (bytes: Uint8Array) => bytes) {
  const path = join(folder, 'orders-bundle.zip');
  const entries = Object.entries(files).map(([name, text]) => [
    name,
    strToU8(text),
  ]);
  await writeFile(path, change(zipSync(Object.fromEntries(entries))));
  return path;
}

it('reads a zip', async () => {
  expect(await readBundle(await zip(complete()))).toMatchObject({
    connection,
    caPem,
  });
});

it('reads a zip whose files are in one folder', async () => {
  const inFolder = Object.fromEntries(
    Object.entries(complete()).map(([name, text]) => [`orders/${name}`, text]),
  );
  expect(await readBundle(await zip(inFolder))).toMatchObject({
    connection,
    caPem,
  });
});

it('reads a folder', async () => {
  const path = join(folder, 'unpacked');
  await mkdir(path);
  await writeFile(join(path, 'connection.json'), JSON.stringify(connection));
  await writeFile(join(path, 'ca.crt'), caPem);

  expect(await readBundle(path)).toMatchObject({
    connection,
    caPem,
    paths: [join(path, 'connection.json'), join(path, 'ca.crt')],
  });
});

it.each<[string, () => Files, string]>([
  [
    'lacks connection.json',
    () => ({ 'ca.crt': caPem }),
    'lacks connection.json',
  ],
  [
    'lacks its CA',
    () => ({ 'connection.json': JSON.stringify(connection) }),
    'lacks ca.crt',
  ],
  [
    'has a connection.json that is not JSON',
    () => ({ ...complete(), 'connection.json': '{' }),
    'cannot be used: connection.json is not JSON',
  ],
  [
    'is of another version',
    () => ({
      ...complete(),
      'connection.json': JSON.stringify({ ...connection, apiVersion: 'v9' }),
    }),
    'cannot be used: connection.json.apiVersion: Invalid literal value, expected "ringfence.dev/v1"',
  ],
  [
    'names a CA file outside of it',
    () => ({
      ...complete(),
      'connection.json': JSON.stringify({
        ...connection,
        tls: { ...connection.tls, caFile: '../ca.crt' },
      }),
    }),
    'cannot be used: connection.json.tls.caFile: a file name beside connection.json',
  ],
  [
    'has a CA file without a certificate',
    () => ({ ...complete(), 'ca.crt': 'hello' }),
    'does not fit together: ca.crt has no certificate',
  ],
  [
    'holds a path that leads out of it',
    () => ({ ...complete(), '../../.ssh/authorized_keys': 'x' }),
    'holds the path "../../.ssh/authorized_keys", which leads out of it',
  ],
  [
    'holds an absolute path',
    () => ({ ...complete(), '/etc/passwd': 'x' }),
    'holds the path "/etc/passwd", which leads out of it',
  ],
  [
    'holds a path of Windows that leads out of it',
    () => ({ ...complete(), '..\\x': 'x' }),
    'leads out of it',
  ],
  [
    'holds a file that is far too large',
    () => ({ ...complete(), 'big.txt': 'x'.repeat(1024 * 1024 + 1) }),
    'holds "big.txt" of 1048577 bytes',
  ],
])('refuses a bundle that %s', async (_what, files, message) => {
  await expect(readBundle(await zip(files()))).rejects.toMatchObject({
    reason: 'Bundle',
    message: expect.stringContaining(message),
  });
});

it('refuses a CA that is not the one of connection.json, and shows both', async () => {
  const other = await mintCa({ name: 'orders CA' });
  const path = await zip({ ...complete(), 'ca.crt': other.certPem });

  await expect(readBundle(path)).rejects.toMatchObject({
    reason: 'Bundle',
    message: expect.stringContaining(`expects ${connection.tls.caSha256[0]}`),
  });
});

it('refuses a second CA beside the one of connection.json', async () => {
  const other = await mintCa({ name: 'another CA' });
  const path = await zip({ ...complete(), 'ca.crt': caPem + other.certPem });

  await expect(readBundle(path)).rejects.toThrow('does not fit together');
});

it('refuses a zip that is cut', async () => {
  const path = await zip(complete(), bytes =>
    bytes.slice(0, bytes.length - 30),
  );

  await expect(readBundle(path)).rejects.toMatchObject({
    message: `Bundle "${path}" is cut or damaged`,
    remedy: 'Download the bundle again',
  });
});

it('refuses what is not a zip', async () => {
  const path = join(folder, 'page.zip');
  await writeFile(path, '<html>Sign in</html>');

  await expect(readBundle(path)).rejects.toThrow('is not a zip file');
});

it('says that there is no such bundle', async () => {
  await expect(readBundle(join(folder, 'absent.zip'))).rejects.toThrow(
    'absent.zip" does not exist',
  );
});

it.each<[string, () => Files, string]>([
  [
    'a hundred times too many files',
    () =>
      Object.fromEntries(
        Array.from({ length: 257 }, (_, i) => [`file-${i}.txt`, 'x']),
      ),
    'holds more than 256 files',
  ],
  [
    'files that are too much together',
    () =>
      Object.fromEntries(
        Array.from({ length: 9 }, (_, i) => [`${i}.txt`, lines(1_000)]),
      ),
    'holds more than 8388608 bytes in all',
  ],
  [
    'a bomb',
    () => ({ 'zeros.txt': '0'.repeat(512 * 1024) }),
    'holds "zeros.txt", packed to less than a 100th of its size',
  ],
])('refuses a zip with %s', async (_what, files, message) => {
  const path = await zip({ ...complete(), ...files() });
  await expect(readBundle(path)).rejects.toMatchObject({
    reason: 'Bundle',
    message: expect.stringContaining(message),
  });
});

it('refuses a zip that holds a file twice', async () => {
  const path = await zip({ ...complete(), 'ca.crX': caPem }, bytes =>
    Buffer.from(
      Buffer.from(bytes).toString('latin1').replaceAll('ca.crX', 'ca.crt'),
      'latin1',
    ),
  );
  await expect(readBundle(path)).rejects.toThrow('holds "ca.crt" twice');
});

it('lets files pass that it does not know', async () => {
  const files = { ...complete(), 'clients/of/next/year.txt': 'hello' };
  expect(await readBundle(await zip(files))).toMatchObject({ caPem });
});

it('refuses a file that is far too large before it reads it', async () => {
  const path = join(folder, 'large.zip');
  await writeFile(path, Buffer.alloc(4 * 1024 * 1024 + 1));
  await expect(readBundle(path)).rejects.toThrow(
    'has 4194305 bytes; at most 4194304 are expected',
  );
});

describe('refuses what others can change:', () => {
  const writableByAll = (what: string) =>
    `${what} can be changed by every user of this machine`;

  it('a zip', async () => {
    const path = await zip(complete());
    await chmod(path, 0o666);
    await expect(readBundle(path)).rejects.toMatchObject({
      reason: 'Bundle',
      message: `${writableByAll(`Bundle "${path}"`)} (mode 0666)`,
      remedy: expect.stringContaining(`chmod go-w "${path}"`),
    });
    await chmod(path, 0o644);
    expect(await readBundle(path)).toMatchObject({ caPem });
  });

  it('a folder, and a file in it', async () => {
    const path = await mkdtemp(join(folder, 'own-'));
    await writeFile(join(path, 'connection.json'), JSON.stringify(connection));
    await writeFile(join(path, 'ca.crt'), caPem);
    await chmod(join(path, 'ca.crt'), 0o666);
    await expect(readBundle(path)).rejects.toThrow(
      writableByAll(`File "ca.crt" of bundle "${path}"`),
    );
    await chmod(join(path, 'ca.crt'), 0o644);
    await chmod(path, 0o777);
    await expect(readBundle(path)).rejects.toThrow(
      writableByAll(`Bundle "${path}"`),
    );
    await chmod(path, 0o755);
    expect(await readBundle(path)).toMatchObject({ caPem });
  });
});
