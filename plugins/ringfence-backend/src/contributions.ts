import type {
  Blueprint,
  KubernetesCluster,
  PlatformDefaults,
  RingfenceBlueprintsExtensionPoint,
  RingfenceKubernetesClustersExtensionPoint,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { UsableKubernetesCluster } from './kubernetes/KubernetesClusters';

/** The blueprints that modules add. */
export class ContributedBlueprints
  implements RingfenceBlueprintsExtensionPoint
{
  readonly all: Blueprint<any>[] = [];

  addBlueprint(blueprint: Blueprint<any>): void {
    if (this.all.some(({ kind }) => kind === blueprint.kind)) {
      throw new Error(`Blueprint "${blueprint.kind}" was added twice`);
    }
    this.all.push(blueprint);
  }
}

/** The Kubernetes clusters that modules add. */
export class ContributedKubernetesClusters
  implements RingfenceKubernetesClustersExtensionPoint
{
  readonly all: UsableKubernetesCluster[] = [];

  addKubernetesCluster(
    kubernetes: KubernetesCluster,
    options: { defaults?: PlatformDefaults } = {},
  ): void {
    if (this.all.some(entry => entry.kubernetes.name === kubernetes.name)) {
      throw new Error(
        `Kubernetes cluster "${kubernetes.name}" was added twice`,
      );
    }
    this.all.push({ kubernetes, defaults: options.defaults ?? {} });
  }
}
