import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { ControllerCluster } from '@ringfence/sandbox/controllers';

/** Keeps an object until whoever put this finalizer there has cleaned up. */
export async function hold(
  kubernetes: ControllerCluster,
  object: KubernetesObject,
  finalizer: string,
): Promise<void> {
  if (object.metadata.finalizers?.includes(finalizer)) return;
  await write(kubernetes, object, finalizer, [finalizer]);
}

/** Lets go of an object that {@link hold} keeps. */
export async function release(
  kubernetes: ControllerCluster,
  object: KubernetesObject,
  finalizer: string,
): Promise<void> {
  if (!object.metadata.finalizers?.includes(finalizer)) return;
  await write(kubernetes, object, finalizer, []);
}

/** Under a name of its own: what else a controller has applied to the object stays. */
async function write(
  kubernetes: ControllerCluster,
  { apiVersion, kind, metadata }: KubernetesObject,
  finalizer: string,
  finalizers: string[],
): Promise<void> {
  const { name, namespace, uid } = metadata;
  await kubernetes.as(finalizer, { force: true }).apply({
    apiVersion,
    kind,
    metadata: { name, namespace, uid, finalizers },
  });
}
