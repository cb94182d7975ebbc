import { execFile } from 'node:child_process';
import { appendFile, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../../../src';
import { createAccount } from '../../../src/account';
import type { TestDatabase } from '../databases';
import { startTestPortal, type TestPortal } from '../portal';

const run = promisify(execFile);

/** A portal with the rights that its documents ask for. */
export async function startOwnPortal(
  cluster: Cluster,
  directory: string,
): Promise<TestPortal> {
  const account = await createAccount(cluster);
  return startTestPortal({ kubeconfig: account.kubeconfig, directory });
}

/** Downloads a bundle as its owner, and unpacks it. */
export async function unpackBundle(
  database: Pick<TestDatabase, 'get'>,
  folder: string,
  path: string = 'bundle',
): Promise<void> {
  const zip = `${folder}.zip`;
  await writeFile(zip, await database.get(path));
  await run('python3', ['-m', 'zipfile', '-e', zip, folder]);
}

/**
 * Leads names to an address, for all processes of the tests and nobody else:
 * they have mounts of their own.
 *
 * @see scripts/lib/namespace.mjs
 */
export async function serveNames(
  directory: string,
  address: string,
  names: readonly string[],
): Promise<void> {
  const hosts = join(directory, 'hosts');
  await copyFile('/etc/hosts', hosts);
  await appendFile(hosts, `${address} ${names.join(' ')}\n`);
  await run('mount', ['--bind', hosts, '/etc/hosts']);
}

/** `connection.json` of an unpacked bundle. */
export async function readConnection(bundle: string) {
  return JSON.parse(await readFile(join(bundle, 'connection.json'), 'utf8'));
}
