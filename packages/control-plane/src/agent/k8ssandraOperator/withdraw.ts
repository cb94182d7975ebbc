import type { ControllerCluster } from '@ringfence/sandbox/controllers';
import { DATACENTERS } from '../cassOperator/datacenter';
import { release } from '../finalizers';
import { FINALIZER, ringLabels, type Ring } from './ring';

/**
 * Deletes the datacenters of a ring that is to go, which have no owner, and
 * lets go of the ring once they are gone.
 */
export async function withdraw(
  kubernetes: ControllerCluster,
  ring: Ring,
): Promise<void> {
  const { namespace } = ring;
  const datacenters = await kubernetes.list({
    ...DATACENTERS,
    namespace,
    labels: ringLabels(ring),
  });
  for (const datacenter of datacenters) {
    const { name, deletionTimestamp } = datacenter.metadata;
    if (!deletionTimestamp) {
      await kubernetes.delete({ ...DATACENTERS, namespace, name });
    }
    await release(kubernetes, datacenter, FINALIZER);
  }
  if (datacenters.length === 0)
    await release(kubernetes, ring.object, FINALIZER);
}
