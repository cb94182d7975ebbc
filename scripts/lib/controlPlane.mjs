import { spawn } from 'node:child_process';
import { runChild } from './children.mjs';
import { inNamespace } from './namespace.mjs';
import { ScriptError } from './output.mjs';
import { ROOT } from './toolchain.mjs';

/** Why a namespace of its own cannot be had; nothing where it can. */
function namespaceRefusal(env) {
  const { command, args } = inNamespace('true', []);
  return new Promise(resolve => {
    const child = spawn(command, args, { env });
    let said = '';
    child.stderr.on('data', data => {
      said += data;
    });
    child.on('error', error => resolve(error.message));
    child.on('close', code =>
      resolve(code === 0 ? undefined : said.trim() || `exit code ${code}`),
    );
  });
}

async function requireNamespace(env) {
  const refusal = await namespaceRefusal(env);
  if (refusal === undefined) return;
  throw new ScriptError(
    `The control plane runs in a network namespace of its own, which this system refuses (${refusal}). ` +
      'It needs Linux with unshare (util-linux) and ip (iproute2); allow it with ' +
      '"sudo sysctl kernel.unprivileged_userns_clone=1", on Ubuntu 24.04 and newer ' +
      '"sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0".',
  );
}

async function runScript(env, path) {
  const code = await runChild('tsx', [path], { cwd: ROOT, env });
  if (code !== 0) throw new ScriptError('What is missing is named above.');
}

/**
 * Sees to all that the control plane needs: everything that must be downloaded
 * or built is, before the namespace closes.
 *
 * @param {NodeJS.ProcessEnv} env from `prepareToolchain`
 */
export async function prepareControlPlane(env) {
  await requireNamespace(env);
  await runScript(env, 'packages/control-plane/src/prepare.ts');
}

/**
 * Fetches the drivers of the tests that run clients, likewise before.
 *
 * @param {NodeJS.ProcessEnv} env from `prepareToolchain`
 */
export function prepareClients(env) {
  return runScript(
    env,
    'packages/control-plane/e2e/support/clients/prepare.ts',
  );
}
