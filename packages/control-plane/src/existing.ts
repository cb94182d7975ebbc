import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { kubectl, type Kubectl } from './kubectl';
import { openKubernetesCluster } from './kubernetes';

/** The namespace that the tests make on an existing Kubernetes cluster, and delete. */
export const EXISTING_NAMESPACE = 'ringfence-e2e';
/** What the tests call an existing Kubernetes cluster, whatever its context is called. */
const NAME = 'existing';
const DELETED_WITHIN = '300s';

/** Somebody's own Kubernetes cluster, on which the tests are guests. */
export interface ExistingCluster {
  readonly kubernetes: KubernetesCluster;
  readonly kubeconfig: string;
  readonly kubectl: Kubectl;
  /** Deletes what the tests made, and waits until it is gone. */
  cleanUp(): Promise<void>;
}

/** @param kubeconfig - its current context is the one that is meant */
export function openExistingCluster(kubeconfig: string): ExistingCluster {
  const run = kubectl('kubectl', kubeconfig);
  return {
    kubernetes: openKubernetesCluster(NAME, kubeconfig),
    kubeconfig,
    kubectl: run,
    async cleanUp() {
      await run([
        'delete',
        'namespace',
        EXISTING_NAMESPACE,
        '--ignore-not-found',
        `--timeout=${DELETED_WITHIN}`,
      ]);
    },
  };
}

/** A database of the tests there. */
export const existingOrders = {
  blueprint: 'scylladb-ambient',
  kubernetesCluster: NAME,
  name: 'orders',
  namespace: EXISTING_NAMESPACE,
  owner: 'group:default/payments',
} as const;
