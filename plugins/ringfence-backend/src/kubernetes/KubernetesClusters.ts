import type {
  KubernetesCluster,
  PlatformDefaults,
} from '@ringfence/backstage-plugin-ringfence-node';

/** A Kubernetes cluster that Ringfence may act on. */
export interface UsableKubernetesCluster {
  readonly kubernetes: KubernetesCluster;
  readonly defaults: PlatformDefaults;
}

/** One that the configuration names but Ringfence cannot act on. */
export interface UnusableKubernetesCluster {
  readonly name: string;
  readonly why: string;
  readonly remedy: string;
}

/** Which Kubernetes clusters there are. */
export interface KubernetesClusters {
  listUsable(): readonly UsableKubernetesCluster[];
  listUnusable(): readonly UnusableKubernetesCluster[];
  /**
   * @throws NotFoundError where no configuration names it
   * @throws InputError where it is named but cannot be used
   */
  get(name: string): UsableKubernetesCluster;
}
