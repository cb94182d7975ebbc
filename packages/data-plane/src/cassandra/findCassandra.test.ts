import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog } from '../log';
import { findCassandra } from './findCassandra';

describe('findCassandra', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'ringfence-find-'));
  });

  afterEach(async () => rm(root, { recursive: true, force: true }));

  /** A directory to put in PATH, with commands that are shell scripts. */
  async function commands(scripts: Record<string, string>): Promise<string> {
    const bin = path.join(root, 'bin');
    await mkdir(bin, { recursive: true });
    for (const [name, script] of Object.entries(scripts)) {
      await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`);
      await chmod(path.join(bin, name), 0o755);
    }
    return `${bin}:/usr/bin:/bin`;
  }

  const java17 = `echo 'openjdk version "17.0.15" 2025-04-15' >&2`;
  /** Writes a jar where the real one does, and keeps count. */
  const maven = (log: string) =>
    `for it; do case "$it" in -DoutputDirectory=*) touch "\${it#*=}/cassandra-all.jar";; esac; done; echo run >> ${log}`;

  const find = (PATH: string, cacheDir = path.join(root, 'cache')) =>
    findCassandra({
      log: silentLog,
      platform: 'linux',
      cacheDir,
      environment: { PATH },
    });

  it.each(['darwin', 'win32'])('has none on %s', async platform => {
    expect(await findCassandra({ log: silentLog, platform })).toEqual({
      available: false,
      why: expect.stringMatching(
        new RegExp(`^a real ring needs Linux, this is ${platform}: [^\\n]+$`),
      ),
    });
  });

  it('fetches once and finds it from then on', async () => {
    const log = path.join(root, 'log');
    const PATH = await commands({ java: java17, mvn: maven(log) });
    const found = await find(PATH);
    expect(found).toMatchObject({
      available: true,
      javaVersion: 17,
      version: '5.0.8',
      java: path.join(root, 'bin', 'java'),
    });
    await rm(path.join(root, 'bin', 'mvn'));
    expect(await find(PATH)).toEqual(found);
    expect(
      await readdir((found as { classPathDir: string }).classPathDir),
    ).toEqual(['cassandra-all.jar']);
  });

  it('fetches once where two ask at the same time', async () => {
    const log = path.join(root, 'log');
    const PATH = await commands({ java: java17, mvn: maven(log) });
    const [one, other] = await Promise.all([find(PATH), find(PATH)]);
    expect(one).toEqual(other);
    expect(await readFile(log, 'utf8')).toBe('run\n');
    expect(await readdir(path.join(root, 'cache'))).toEqual([
      expect.stringMatching(/^cassandra-[0-9a-f]{12}$/),
    ]);
  });

  it('names Maven where that is missing', async () => {
    await commands({ java: java17 });
    expect(await find(path.join(root, 'bin'))).toEqual({
      available: false,
      why: 'Cassandra is fetched with Maven, and there is no "mvn" in PATH',
    });
  });

  it('says what Maven said where that failed, and leaves nothing behind', async () => {
    const PATH = await commands({
      java: java17,
      mvn: 'echo "[ERROR] Could not resolve dependencies"; exit 1',
    });
    expect(await find(PATH)).toEqual({
      available: false,
      why: 'Maven could not fetch Cassandra: Could not resolve dependencies',
    });
    expect(await readdir(path.join(root, 'cache'))).toEqual([]);
  });

  it('takes Java from JAVA_HOME first', async () => {
    const home = path.join(root, 'home');
    await mkdir(path.join(home, 'bin'), { recursive: true });
    await writeFile(
      path.join(home, 'bin', 'java'),
      `#!/bin/sh\necho 'openjdk version "11.0.2"' >&2\n`,
    );
    await chmod(path.join(home, 'bin', 'java'), 0o755);
    const PATH = await commands({
      java: java17,
      mvn: maven(path.join(root, 'log')),
    });
    const found = await findCassandra({
      log: silentLog,
      platform: 'linux',
      cacheDir: path.join(root, 'cache'),
      environment: { PATH, JAVA_HOME: home },
    });
    expect(found).toMatchObject({
      java: path.join(home, 'bin', 'java'),
      javaVersion: 11,
    });
  });
});
