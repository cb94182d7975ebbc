import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kubectl } from './kubectl';
import { openKubernetesCluster } from './kubernetes';
import { ROOT } from './root';
import {
  startCluster,
  type Cluster,
  type ClusterOptions,
} from './startCluster';
import type { ControlPlane } from './startControlPlane';
import { until } from './until';

/** The account of `deploy/rbac/portal.yaml`. */
export const ACCOUNT = 'system:serviceaccount:ringfence:ringfence';
const FOLDERS = ['deploy/rbac', 'deploy/admission'];
const IN_FORCE_WITHIN_MS = 30_000;

/** The portal's account, with exactly the rights that `deploy/` gives. */
export interface Account {
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
  /** No log may hold it. */
  readonly token: string;
}

/** Applies `deploy/` as its README says, and waits until the admission policies are in force. */
export async function createAccount(
  controlPlane: Omit<ControlPlane, 'stop'>,
): Promise<Account> {
  const { kubectl: admin, directory } = controlPlane;
  const namespaces = await admin(['get', 'namespaces', '--output=name']);
  // The rights on the mesh's telemetry are in Istio's namespace.
  if (!namespaces.includes('namespace/istio-system')) {
    await admin(['create', 'namespace', 'istio-system']);
  }
  for (const folder of FOLDERS) {
    await admin(['apply', '--server-side', '-f', join(ROOT, folder)]);
  }
  const token = (
    await admin([
      'create',
      'token',
      'ringfence',
      '--namespace=ringfence',
      '--duration=12h',
    ])
  ).trim();
  const kubeconfig = join(directory, 'kubeconfig-ringfence');
  const config = JSON.parse(await readFile(controlPlane.kubeconfig, 'utf8'));
  config.users[0].user = { token };
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  const run = controlPlane.kubectlAs(kubeconfig);
  await until('the admission policies are in force', IN_FORCE_WITHIN_MS, () =>
    isRefused(run, ['create', 'namespace', 'probe', '--dry-run=server']),
  );
  return { kubeconfig, kubectl: run, token };
}

/**
 * A Kubernetes cluster as the portal has it: `kubernetes` and `kubeconfig` have
 * the rights of its account, `kubectl` keeps all, to look and to break things.
 *
 * @throws as {@link startCluster} does
 */
export async function startClusterForAccount(
  options: ClusterOptions,
): Promise<Cluster> {
  const cluster = await startCluster(options);
  try {
    const { kubeconfig } = await createAccount(cluster);
    const { name } = cluster.kubernetes;
    const kubernetes = openKubernetesCluster(name, kubeconfig);
    return { ...cluster, kubeconfig, kubernetes };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function isRefused(run: Kubectl, args: string[]): Promise<boolean> {
  return run(args).then(
    () => false,
    () => true,
  );
}
