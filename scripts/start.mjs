// Starts the portal: with the sandbox, or on a real Kubernetes cluster with
// `--kubeconfig FILE --context NAME`.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isStopping, stopChildrenOnSignals } from './lib/children.mjs';
import { ScriptError, runMain, seconds, step } from './lib/output.mjs';
import { startPortal } from './lib/portal.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

const USAGE = `npm start [-- --kubeconfig FILE --context NAME] [--verbose]

Without options: the portal with a sandbox, a Kubernetes cluster in memory.
  --kubeconfig FILE  run on a real Kubernetes cluster instead
  --context NAME     which context of that file
  --verbose          print the portal's log, too`;

function readArguments() {
  try {
    return parseArgs({
      options: {
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new ScriptError(`${error.message}\n\n${USAGE}`);
  }
}

/** How the portal's configuration learns of a real Kubernetes cluster. */
function realKubernetesCluster({ kubeconfig, context }) {
  if (!kubeconfig && !context) return { configFiles: [], env: {} };
  if (!kubeconfig || !context) {
    throw new ScriptError(
      `--kubeconfig and --context go together.\n\n${USAGE}`,
    );
  }
  return {
    configFiles: ['app-config.kubeconfig.yaml'],
    env: {
      RINGFENCE_KUBECONFIG: resolve(kubeconfig),
      RINGFENCE_CONTEXT: context,
    },
  };
}

runMain(async () => {
  const values = readArguments();
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  stopChildrenOnSignals(() => process.stdout.write('\nStopping …\n'));
  const start = Date.now();
  const kubernetes = realKubernetesCluster(values);
  const env = await prepareToolchain();
  const portal = await step('Starting the portal', () =>
    startPortal({
      env: { ...env, ...kubernetes.env, NODE_ENV: 'development' },
      configFiles: kubernetes.configFiles,
      logFile: join(ROOT, '.tools', 'logs', 'portal.log'),
      onLine: values.verbose
        ? line => process.stdout.write(`${line}\n`)
        : undefined,
    }),
  );
  process.stdout.write(
    `\n  ${portal.url}\n\nReady after ${seconds(Date.now() - start)}. Log: ${
      portal.logFile
    }. Ctrl-C stops everything.\n`,
  );
  const code = await new Promise(ended => portal.child.on('exit', ended));
  if (isStopping()) return undefined;
  throw new ScriptError(
    `The portal ended by itself (exit code ${code}). Its log: ${portal.logFile}`,
  );
});
