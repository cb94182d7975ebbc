import type { Log } from '@ringfence/data-plane';
import type { MemoryKubernetesCluster } from '../store';

/** What every controller is given. */
export interface ControllerContext {
  readonly kubernetes: MemoryKubernetesCluster;
  readonly log: Log;
  readonly now: () => Date;
}
