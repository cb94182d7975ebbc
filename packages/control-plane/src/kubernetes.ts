import { ConfigReader } from '@backstage/config';
// The portal's own adapter is what the end-to-end tests are about.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import { createKubernetesClusters } from '@ringfence/backstage-plugin-ringfence-backend';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';

/** A logger that says nothing. */
export const silent = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silent,
};

/** The adapter that the portal uses, configured as a portal would. */
export function openKubernetesCluster(
  name: string,
  kubeconfig: string,
): KubernetesCluster {
  const config = new ConfigReader({
    ringfence: {
      kubernetesClusters: [{ name, kubeconfig: { file: kubeconfig } }],
    },
  });
  const clusters = createKubernetesClusters({
    config,
    contributed: [],
    logger: silent,
  });
  return clusters.get(name).kubernetes;
}
