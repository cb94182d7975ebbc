import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './children.mjs';
import { ScriptError, step } from './output.mjs';

/** Root of the repository. */
export const ROOT = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
);

/** What Backstage supports. */
const SUPPORTED_NODE_MAJORS = [22, 24];
/** Got where the running Node is not supported. */
const NODE_PACKAGE = 'node@24';
const NODE_DIR = join(ROOT, '.tools', 'node24');

const yarnRelease = join(ROOT, '.yarn', 'releases', 'yarn-4.18.1.cjs');
const installMarker = join(ROOT, 'node_modules', '.ringfence-install');

/** Directory of a supported Node and, where it came from a package, of its headers. */
function localNode() {
  const base = join(NODE_DIR, 'node_modules', 'node');
  const arch = join(
    base,
    'node_modules',
    `node-${process.platform}-${process.arch}`,
  );
  return { binDir: join(base, 'bin'), headers: arch };
}

async function findNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (SUPPORTED_NODE_MAJORS.includes(major)) {
    return { binDir: dirname(process.execPath) };
  }
  const local = localNode();
  if (!existsSync(join(local.binDir, 'node'))) {
    await step(
      `Getting Node 24 into .tools/ (Backstage runs on 22 and 24, this is ${process.versions.node})`,
      async () => {
        await mkdir(NODE_DIR, { recursive: true });
        await writeFile(join(NODE_DIR, 'package.json'), '{"private":true}\n');
        const code = await runChild(
          'npm',
          [
            'install',
            '--no-audit',
            '--no-fund',
            '--loglevel=error',
            NODE_PACKAGE,
          ],
          { cwd: NODE_DIR },
        );
        if (code !== 0) {
          throw new ScriptError(
            `npm could not install ${NODE_PACKAGE}. Install Node 24 yourself and run this again.`,
          );
        }
      },
    );
  }
  return local;
}

/** The environment in which everything of this repository runs. */
async function makeEnvironment() {
  const node = await findNode();
  const env = { ...process.env };
  env.PATH = `${node.binDir}:${join(ROOT, 'node_modules', '.bin')}:${env.PATH}`;
  if (node.headers && existsSync(join(node.headers, 'include'))) {
    // Native packages are built against the very Node they will run under.
    env.npm_config_nodedir = node.headers;
  }
  return env;
}

async function lockfileHash() {
  const hash = createHash('sha256');
  hash.update(await readFile(join(ROOT, 'yarn.lock')));
  return hash.digest('hex');
}

async function installDependencies(env) {
  const wanted = await lockfileHash();
  const installed = existsSync(installMarker)
    ? await readFile(installMarker, 'utf8')
    : undefined;
  if (installed === wanted) return;
  await step('Installing dependencies (yarn install --immutable)', async () => {
    const code = await runChild(
      'node',
      [yarnRelease, 'install', '--immutable'],
      { cwd: ROOT, env },
    );
    if (code !== 0) {
      throw new ScriptError(
        'yarn install --immutable failed; its messages are above.',
      );
    }
    await writeFile(installMarker, wanted);
  });
}

/**
 * Sees to a supported Node and to installed dependencies.
 *
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for children
 */
export async function prepareToolchain() {
  const env = await makeEnvironment();
  await installDependencies(env);
  return env;
}
