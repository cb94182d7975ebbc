import { kubernetesClusterContract } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { createMemoryKubernetesCluster } from './MemoryKubernetesCluster';

kubernetesClusterContract('memory', async () => {
  const kubernetes = createMemoryKubernetesCluster();
  return {
    kubernetes,
    applyAs: (manager, manifest) => kubernetes.as(manager).apply(manifest),
    teardown: async () => {},
  };
});
