import { strToU8, zipSync, type Zippable } from 'fflate';
import { repack } from './repack';
import { unpack } from './zip';

const SECRET = (0o100000 + 0o600) * 2 ** 16;
const PUBLIC = (0o100000 + 0o644) * 2 ** 16;
const SCRIPT = (0o100000 + 0o755) * 2 ** 16;

/** As the portal makes a bundle, in a folder of its own or not. */
function bundle(top: string, key: string): Buffer {
  const files: Zippable = {};
  const put = (path: string, text: string, attrs: number) => {
    const mtime = new Date(1980, 0, 1);
    files[top + path] = [strToU8(text), { mtime, os: 3, attrs }];
  };
  put('client.key', key, SECRET);
  put('connection.json', '{}', PUBLIC);
  put('python/example.py', 'import ssl\n'.repeat(100), PUBLIC);
  put('run.sh', 'exec true', SCRIPT);
  return Buffer.from(zipSync(files, { level: 9 }));
}

it.each(['', 'orders/'])(
  'changes what it is told to and nothing else, modes neither: %j',
  top => {
    const changed = repack(
      bundle(top, 'old'),
      'orders.zip',
      new Map([['client.key', strToU8('new')]]),
    );
    expect(Buffer.from(changed).equals(bundle(top, 'new'))).toBe(true);
    expect(unpack(changed, 'orders.zip').get('client.key')).toEqual(
      strToU8('new'),
    );
  },
);

it('adds nothing', () => {
  expect(() =>
    repack(bundle('', 'old'), 'orders.zip', new Map([['a', strToU8('b')]])),
  ).toThrow('Bundle "orders.zip" lacks a');
});
