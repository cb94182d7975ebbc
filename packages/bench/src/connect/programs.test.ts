import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findPeers, PEERS } from './programs';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peers-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('finds each where the path leads', async () => {
  for (const { program } of Object.values(PEERS)) {
    await writeFile(join(folder, program), '', { mode: 0o755 });
  }
  expect(await findPeers([folder, '/nowhere'].join(delimiter))).toEqual({
    haproxy: join(folder, 'haproxy'),
    stunnel: join(folder, 'stunnel4'),
    java: join(folder, 'java'),
  });
});

it('names all that are missing, and their packages', async () => {
  await writeFile(join(folder, 'java'), '', { mode: 0o755 });
  await expect(findPeers(folder, [])).rejects.toThrow(
    'Not installed: haproxy, stunnel4. The figures are ratios to them. On Debian: apt-get install haproxy stunnel4',
  );
});
