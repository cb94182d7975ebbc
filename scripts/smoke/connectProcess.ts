import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '..', '..');
const READY_TIMEOUT_MS = 20_000;

/** A running `ringfence-connect up`. */
export interface ConnectProcess {
  readonly host: string;
  readonly port: number;
  /** What it said when it began to listen. */
  readonly banner: string;
  stop(): Promise<void>;
}

function spawnConnect(bundle: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(
    process.execPath,
    [join(ROOT, 'packages/connect/bin/ringfence-connect'), 'up', bundle],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

async function firstListeningLine(child: ChildProcess): Promise<string> {
  const seen: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', line => {
      seen.push(line);
      child.emit('line', line);
    });
  }
  const timer = setTimeout(() => child.kill(), READY_TIMEOUT_MS);
  try {
    return await new Promise<string>((resolve, reject) => {
      child.on('line', line => {
        if (line.startsWith('Listening on ')) resolve(line);
      });
      // After `close` all its lines were read.
      child.once('close', code =>
        reject(new Error(`exit code ${code}: ${seen.join(' ')}`)),
      );
    });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Starts `ringfence-connect up` as people do and waits until it listens.
 *
 * @throws with its exit code and all it said, where it ends instead
 */
export async function startConnect(
  bundle: string,
  env: NodeJS.ProcessEnv,
): Promise<ConnectProcess> {
  const child = spawnConnect(bundle, env);
  const banner = await firstListeningLine(child);
  const [, host, port] = banner.match(/^Listening on ([\d.]+):(\d+)/)!;
  return {
    host,
    port: Number(port),
    banner,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
