// Starts the portal: with the sandbox, on the real control plane of the
// end-to-end tests with `--control-plane`, or on a Kubernetes cluster of one's
// own with `--kubeconfig FILE --context NAME`.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isStopping, stopChildrenOnSignals } from './lib/children.mjs';
import { prepareControlPlane } from './lib/controlPlane.mjs';
import { startControlPlanePortal } from './lib/controlPlanePortal.mjs';
import { ScriptError, runMain, seconds, step } from './lib/output.mjs';
import { onKubernetesCluster, startPortal } from './lib/portal.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

const USAGE = `npm start [-- --control-plane | --kubeconfig FILE --context NAME] [--verbose]

Without options: the portal with a sandbox, a Kubernetes cluster in memory.
  --control-plane    run on a real control plane, which starts with the portal
  --kubeconfig FILE  run on a Kubernetes cluster of your own
  --context NAME     which context of that file
  --verbose          print the portal's log, too`;

const LOG_FILE = join(ROOT, '.tools', 'logs', 'portal.log');

function readArguments() {
  try {
    return parseArgs({
      options: {
        'control-plane': { type: 'boolean', default: false },
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

/** Refuses options that contradict each other. */
function refuseContradictions({ kubeconfig, context, ...others }) {
  if (Boolean(kubeconfig) !== Boolean(context)) {
    throw new ScriptError(
      `--kubeconfig and --context go together.\n\n${USAGE}`,
    );
  }
  if (kubeconfig && others['control-plane']) {
    throw new ScriptError(
      `--control-plane starts a Kubernetes cluster: it does not go with --kubeconfig.\n\n${USAGE}`,
    );
  }
}

function startOnExisting(env, { kubeconfig, context, verbose }) {
  const kubernetes = kubeconfig
    ? onKubernetesCluster({ kubeconfig, context })
    : { configFiles: [], env: {} };
  return step('Starting the portal', () =>
    startPortal({
      env: { ...env, ...kubernetes.env, NODE_ENV: 'development' },
      configFiles: kubernetes.configFiles,
      logFile: LOG_FILE,
      onLine: verbose ? line => process.stdout.write(`${line}\n`) : undefined,
    }),
  );
}

async function startWithControlPlane(env, { verbose }) {
  await step('Preparing the control plane', () => prepareControlPlane(env));
  return startControlPlanePortal({ env, logFile: LOG_FILE, verbose });
}

/** How to look at the control plane from outside. */
function kubectlHint({ kubeconfig, kubectl, logDir }) {
  return `
  KUBECONFIG=${kubeconfig}

Look at it with "kubectl get pods -A"; a kubectl is at ${kubectl}.
Logs of the control plane: ${logDir}.
`;
}

runMain(async () => {
  const values = readArguments();
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  refuseContradictions(values);
  stopChildrenOnSignals(() => process.stdout.write('\nStopping …\n'));
  const start = Date.now();
  const env = await prepareToolchain();
  const portal = values['control-plane']
    ? await startWithControlPlane(env, values)
    : await startOnExisting(env, values);
  process.stdout.write(
    `\n  ${portal.url}\n${
      portal.kubeconfig ? kubectlHint(portal) : ''
    }\nReady after ${seconds(Date.now() - start)}. Log: ${
      portal.logFile
    }. Ctrl-C stops everything.\n`,
  );
  const code = await new Promise(ended => portal.child.on('exit', ended));
  if (isStopping()) return undefined;
  throw new ScriptError(
    `The portal ended by itself (exit code ${code}). Its log: ${portal.logFile}`,
  );
});
