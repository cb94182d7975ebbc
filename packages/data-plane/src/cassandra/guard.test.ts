import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../__testUtils__/until';
import { spawnGuarded } from './guard';

const PARENT = path.join(__dirname, '../__testUtils__/guardedParent.ts');

describe('guard', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'ringfence-guard-'));
  });

  afterEach(async () => rm(directory, { recursive: true, force: true }));

  async function guard(script: string) {
    const output = await open(path.join(directory, 'output'), 'w+');
    const guarded = spawnGuarded('sh', ['-c', script], {
      outputFd: output.fd,
    });
    return { guarded, output };
  }

  it.each([0, 7])('passes exit code %d on', async code => {
    const { guarded, output } = await guard(`exit ${code}`);
    expect(await guarded.exited).toBe(code);
    await output.close();
  });

  it('lets a command end by itself when it is stopped', async () => {
    const { guarded, output } = await guard(
      'trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.05; done',
    );
    const text = () => readAll(output);
    await until(async () => (await text()).includes('ready'));
    await guarded.stop(20_000);
    expect(await guarded.exited).toBe(3);
    expect(await text()).toBe('ready\nbye\n');
    await output.close();
  });

  it('kills a command that does not end in time', async () => {
    const { guarded, output } = await guard(
      'trap "" TERM; echo ready; while :; do sleep 0.05; done',
    );
    await until(async () => (await readAll(output)).includes('ready'));
    await guarded.stop(100);
    expect(await guarded.exited).toBe(137);
    await output.close();
  });

  it('ends a command at once and removes its directory when asked to', async () => {
    const removed = path.join(directory, 'ring', 'node');
    await mkdir(removed, { recursive: true });
    const output = await open(path.join(directory, 'output'), 'w+');
    const guarded = spawnGuarded('sleep', ['600'], {
      outputFd: output.fd,
      removeDir: removed,
    });
    await guarded.remove();
    expect(await guarded.exited).toBe(137);
    expect(existsSync(path.dirname(removed))).toBe(false);
    await output.close();
  });

  it('ends the command and removes its directory when the parent is killed', async () => {
    const removed = path.join(directory, 'ring', 'node');
    await mkdir(removed, { recursive: true });
    const parent = spawn(
      process.execPath,
      ['--import', 'tsx', PARENT, removed],
      {
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const pid = Number(await firstLine(parent));
    expect(isRunning(pid)).toBe(true);

    parent.kill('SIGKILL');
    await until(() => !isRunning(pid));
    await until(() => !existsSync(path.dirname(removed)));
  }, 30_000);
});

async function readAll(
  file: Awaited<ReturnType<typeof open>>,
): Promise<string> {
  const buffer = Buffer.alloc(1024);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout!, 'data');
  return String(chunk).trim();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
