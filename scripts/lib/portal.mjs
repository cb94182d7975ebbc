import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { startChild, stopChild } from './children.mjs';
import { ScriptError } from './output.mjs';
import { freePort } from './ports.mjs';
import { ROOT } from './toolchain.mjs';

const READY_TIMEOUT_MS = 180_000;

const localUrl = port => `http://localhost:${port}`;

async function answers(url) {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(2_000),
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    return response.ok;
  } catch {
    return false;
  }
}

async function waitUntilReady(urls, child, logFile) {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const missing = new Set(urls);
  while (missing.size > 0) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new ScriptError(`The portal ended. Its log: ${logFile}`);
    }
    if (Date.now() > deadline) {
      throw new ScriptError(
        `The portal was not ready after ${
          READY_TIMEOUT_MS / 1000
        } s: no answer from ${[...missing].join(', ')}. Its log: ${logFile}`,
      );
    }
    for (const url of missing) if (await answers(url)) missing.delete(url);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

/**
 * Configuration of this run that no file can hold, as Backstage reads it from the environment.
 *
 * @see https://backstage.io/docs/conf/writing/#environment-variable-overrides
 */
function configEnvironment(ports, config = {}) {
  const values = {
    'app.baseUrl': localUrl(ports.app),
    'backend.baseUrl': localUrl(ports.backend),
    'backend.listen.port': ports.backend,
    'backend.cors.origin': localUrl(ports.app),
    ...config,
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      `APP_CONFIG_${key.replaceAll('.', '_')}`,
      JSON.stringify(value),
    ]),
  );
}

/**
 * How the portal's configuration learns of a Kubernetes cluster, in place of the sandbox.
 *
 * @param {{ kubeconfig: string, context: string }} of
 */
export function onKubernetesCluster({ kubeconfig, context }) {
  return {
    configFiles: ['app-config.kubeconfig.yaml'],
    env: {
      RINGFENCE_KUBECONFIG: resolve(kubeconfig),
      RINGFENCE_CONTEXT: context,
    },
  };
}

/** Free ports, the usual ones where they are. */
export async function choosePortalPorts() {
  return { app: await freePort(3000), backend: await freePort(7007) };
}

/** What `backstage-cli package start` runs, without its watch for changed files. */
const BACKEND_COMMAND = [
  'node',
  '--enable-source-maps',
  '--require=@backstage/cli-node/config/nodeTransform.cjs',
  'src/index.ts',
];

/** The process to start, and where. */
function commandOf(frontend) {
  return frontend
    ? {
        cwd: ROOT,
        command: [
          ...['backstage-cli', 'repo', 'start'],
          ...['packages/app', 'packages/backend'],
        ],
      }
    : { cwd: join(ROOT, 'packages', 'backend'), command: BACKEND_COMMAND };
}

/**
 * Starts the demo portal and waits until it answers.
 *
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env from `prepareToolchain`
 * @param {string} options.logFile gets everything the portal prints
 * @param {boolean} [options.frontend] default true; without it, the backend is one process that no changed file restarts
 * @param {{ app: number, backend: number }} [options.ports] default: free ones
 * @param {string[]} [options.configFiles] beside app-config.yaml
 * @param {Record<string, unknown>} [options.config] overrides, by dotted key
 * @param {(line: string) => void} [options.onLine] sees each line of the log
 */
export async function startPortal(options) {
  const { env, logFile, frontend = true, configFiles = [] } = options;
  const ports = options.ports ?? (await choosePortalPorts());
  const files = ['app-config.yaml', ...configFiles];
  const { cwd, command } = commandOf(frontend);
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = startChild(
    command[0],
    [
      ...command.slice(1),
      ...files.flatMap(file => ['--config', join(ROOT, file)]),
    ],
    {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...env,
        ...configEnvironment(ports, options.config),
      },
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(log, { end: false });
    if (options.onLine) {
      stream.on('data', data =>
        String(data).split('\n').forEach(options.onLine),
      );
    }
  }
  const backendUrl = localUrl(ports.backend);
  const url = localUrl(ports.app);
  try {
    await waitUntilReady(
      [
        `${backendUrl}/.backstage/health/v1/readiness`,
        // Answers once the catalog has read the demo's users.
        `${backendUrl}/api/auth/demo/refresh?env=development`,
        ...(frontend ? [url] : []),
      ],
      child,
      logFile,
    );
  } catch (error) {
    await stopChild(child);
    throw error;
  }
  return { url, backendUrl, child, logFile, stop: () => stopChild(child) };
}
