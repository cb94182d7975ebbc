import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { Blueprint } from './blueprint';
import type { KubernetesCluster } from './kubernetes';
import type { PlatformDefaults } from './platform';

/** Adds blueprints to the Ringfence backend. */
export interface RingfenceBlueprintsExtensionPoint {
  /** @throws where one of that kind is there already */
  addBlueprint(blueprint: Blueprint<any>): void;
}

export const ringfenceBlueprintsExtensionPoint =
  createExtensionPoint<RingfenceBlueprintsExtensionPoint>({
    id: 'ringfence.blueprints',
  });

/** Adds Kubernetes clusters that the configuration does not name. */
export interface RingfenceKubernetesClustersExtensionPoint {
  /** @throws where one of that name is there already */
  addKubernetesCluster(
    kubernetesCluster: KubernetesCluster,
    options?: { defaults?: PlatformDefaults },
  ): void;
}

export const ringfenceKubernetesClustersExtensionPoint =
  createExtensionPoint<RingfenceKubernetesClustersExtensionPoint>({
    id: 'ringfence.kubernetesClusters',
  });
