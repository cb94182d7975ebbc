import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStopping, startChild } from './children.mjs';
import { inNamespace } from './namespace.mjs';
import { ScriptError } from './output.mjs';
import { choosePortalPorts } from './portal.mjs';
import { freePort } from './ports.mjs';
import { socketPath, startRelay } from './relay.mjs';
import { ROOT } from './toolchain.mjs';

/** A folder for all that a run stores; what went wrong stays to be looked at. */
async function makeDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-'));
  process.on('exit', () => {
    if (isStopping()) rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** What is waited for, or an error where the child ends before. */
async function readyMessage(child) {
  const ended = once(child, 'exit').then(() => {
    throw new ScriptError('The control plane ended; why is said above.');
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}

/**
 * Starts the portal on a control plane, both in a network namespace of their
 * own, and carries their ports out of it. `prepareControlPlane` comes first.
 *
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env from `prepareToolchain`
 * @param {string} options.logFile gets everything the portal prints
 * @param {boolean} options.verbose whether it is printed, too
 */
export async function startControlPlanePortal({ env, logFile, verbose }) {
  const directory = await makeDirectory();
  const ports = await choosePortalPorts();
  const apiServerPort = await freePort(6443);
  const outside = { ...ports, apiServer: apiServerPort };
  for (const [name, port] of Object.entries(outside)) {
    const path = socketPath(directory, name);
    await startRelay({ host: '127.0.0.1', port }, { path });
  }
  const told = { directory, logFile, verbose, ports, apiServerPort };
  const { command, args } = inNamespace('node', [
    ...['--import', 'tsx', 'packages/control-plane/src/serve.ts'],
    JSON.stringify(told),
  ]);
  const child = startChild(command, args, {
    cwd: ROOT,
    env: { ...env, TMPDIR: directory },
    // It ends when this process does, in whatever way: the channel closes.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ready = await readyMessage(child);
  return { ...ready, url: `http://localhost:${ports.app}`, child, logFile };
}
