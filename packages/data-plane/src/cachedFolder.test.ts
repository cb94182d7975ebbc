import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedFolder } from './cachedFolder';

let base: string;
let dir: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ringfence-cache-'));
  dir = join(base, 'ringfence', 'thing-1');
});

afterEach(() => rm(base, { recursive: true, force: true }));

const read = () => readFile(join(dir, 'file'), 'utf8');
const fillWith = (text: string) => (partial: string) =>
  writeFile(join(partial, 'file'), text);

it('fills a folder once and keeps it', async () => {
  expect(await cachedFolder(dir, fillWith('first'))).toBe(dir);
  await cachedFolder(dir, fillWith('second'));
  expect(await read()).toBe('first');
});

it('keeps nothing of a fill that fails', async () => {
  const fails = async (partial: string) => {
    await writeFile(join(partial, 'file'), 'half');
    throw new Error('no network');
  };
  await expect(cachedFolder(dir, fails)).rejects.toThrow('no network');
  expect(await readdir(join(base, 'ringfence'))).toEqual([]);
});

it('takes what somebody else has filled meanwhile', async () => {
  await cachedFolder(dir, async partial => {
    await mkdir(dir);
    await writeFile(join(dir, 'file'), 'theirs');
    await fillWith('ours')(partial);
  });
  expect(await read()).toBe('theirs');
  expect(await readdir(join(base, 'ringfence'))).toEqual(['thing-1']);
});

it('does not hide that a fill ran into a folder of its own', async () => {
  const runsIntoItself = async (partial: string) => {
    await mkdir(join(partial, 'twice'));
    await mkdir(join(partial, 'twice'));
  };
  await expect(cachedFolder(dir, runsIntoItself)).rejects.toThrow('EEXIST');
});
