import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from './children.mjs';
import { ScriptError, step } from './output.mjs';
import { ROOT } from './toolchain.mjs';

/** What the parts that do not run on somebody's existing Kubernetes cluster need. */
export const LEFT_OUT = {
  rights: "the API server's audit log",
  leaks: 'the logs and the process list of every component',
  clients: 'drivers in a network where nothing else answers',
  faults: 'an API server, a gateway and nodes that may be killed',
  outages: 'an API server that may be killed',
  portals: 'an API server that may be killed',
  agent: 'the imitated parts that it tests',
  envoy: 'the imitated gateway that it tests',
  'cassandra-sidecar': 'nodes that may be killed, and a mesh to break',
  'cassandra-keystores': 'nodes that may be killed, and cass-operator',
  'ignite-sidecar': 'nodes that may be killed, and a mesh to break',
  k8ssandra: 'nodes that may be killed, and the operators of K8ssandra',
};

/**
 * Looks whether the tests can run on a Kubernetes cluster, without changing
 * anything there, and runs `work` with the environment that leads them to it.
 *
 * @template T
 * @param {NodeJS.ProcessEnv} env from `prepareToolchain`
 * @param {{ kubeconfig: string, context: string }} existing
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work
 */
export async function onExistingCluster(env, existing, work) {
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-e2e-'));
  const kubeconfig = join(directory, 'kubeconfig');
  try {
    await step('Looking at the Kubernetes cluster', async () => {
      const code = await runChild(
        'tsx',
        [
          'packages/control-plane/src/lookAtExisting.ts',
          JSON.stringify({ ...existing, target: kubeconfig }),
        ],
        { cwd: ROOT, env },
      );
      if (code !== 0) throw new ScriptError('Nothing was changed there.');
    });
    return await work({ ...env, E2E_KUBECONFIG: kubeconfig });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
