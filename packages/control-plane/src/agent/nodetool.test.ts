import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MOUNTS_VARIABLE, nodetoolScript } from './nodetool';

/** Prints its arguments, and of those that name a file of options what is in it. */
const JAVA = `#!/bin/sh
for word; do
  case $word in
    @*) cat "\${word#@}" ;;
    *) echo "$word" ;;
  esac
done
exit 3
`;

let directory: string;
let script: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-nodetool-'));
  const java = join(directory, 'java');
  script = join(directory, 'nodetool');
  await writeFile(java, JAVA, { mode: 0o755 });
  await writeFile(script, nodetoolScript(java, ['NodeTool']), { mode: 0o755 });
  await mkdir(join(directory, 'mnt/nodetool'), { recursive: true });
  await writeFile(
    join(directory, 'mnt/nodetool/options'),
    '-Dssl.enable=true\n-Dstore=/mnt/keystore\n-Dpassword=hidden\n',
  );
  await mkdir(join(directory, 'tmp'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function nodetool(options: string | undefined): Promise<string> {
  const env = {
    ...process.env,
    TMPDIR: join(directory, 'tmp'),
    [MOUNTS_VARIABLE]: directory,
    JVM_OPTS: options,
  };
  const ended = await promisify(execFile)(script, ['status', '-r'], {
    env,
  }).catch(error => error);
  expect(ended.code).toBe(3);
  return ended.stdout;
}

it('hands its own words to nodetool, and ends as that does', async () => {
  expect(await nodetool(undefined)).toBe('NodeTool\nstatus\n-r\n');
});

it('finds files that the pod mounts, and leaves nothing of their content behind', async () => {
  expect(await nodetool('@/mnt/nodetool/options')).toBe(
    `-Dssl.enable=true\n-Dstore=${directory}/mnt/keystore\n-Dpassword=hidden\nNodeTool\nstatus\n-r\n`,
  );
  expect(await readdir(join(directory, 'tmp'))).toEqual([]);
});
