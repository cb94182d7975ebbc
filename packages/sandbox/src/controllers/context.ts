import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import type { Log } from '@ringfence/data-plane';

/** A Kubernetes cluster as controllers see it: each writes under a name of its own. */
export interface ControllerCluster extends KubernetesCluster {
  /**
   * The same objects, written to by another field manager.
   *
   * @param options - `force` takes over fields that others own, as controllers do
   */
  as(manager: string, options?: { force?: boolean }): ControllerCluster;
}

/** What every controller is given. */
export interface ControllerContext {
  readonly kubernetes: ControllerCluster;
  readonly log: Log;
  readonly now: () => Date;
  /**
   * Whether Kubernetes' own controllers and scheduler run. Pods are theirs to
   * make and to place then.
   *
   * @defaultValue false
   */
  readonly kubernetesControllers?: boolean;
}
