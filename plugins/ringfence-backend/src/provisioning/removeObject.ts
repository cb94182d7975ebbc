import type {
  KubernetesObject,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { aboutObject } from './errors';
import { refOf } from './objects';
import type { Run } from './Run';

/** Deletes an object, and of a Certificate its Secret, too. */
export async function removeObject(
  run: Run,
  object: KubernetesObject,
): Promise<void> {
  const ref = refOf(object);
  await aboutObject(ref, () => run.kubernetes.delete(ref));
  run.journal.record(ref, 'deleted');
  if (object.kind !== 'Certificate') return;
  // cert-manager leaves the Secret behind, and in it a private key that nothing uses.
  const secret: ObjectRef = {
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: ref.namespace,
    name: object.spec.secretName,
  };
  await aboutObject(secret, () => run.kubernetes.delete(secret));
  run.journal.record(secret, 'deleted');
}
