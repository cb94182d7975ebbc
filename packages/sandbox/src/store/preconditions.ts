import { NotAllowedError } from '@backstage/errors';
import {
  KubernetesConflictError,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { resourceOf, type ServedKind } from './kinds';

type Metadata = Pick<KubernetesObject['metadata'], 'name' | 'resourceVersion'>;

/** Whoever names a uid means that object and no later one of its name. @throws KubernetesConflictError */
export function checkUid(
  served: ServedKind,
  { metadata: { name, uid } }: KubernetesObject,
  live: KubernetesObject | undefined,
): void {
  if (!uid || uid === live?.metadata.uid) return;
  throw new KubernetesConflictError(
    `Operation cannot be fulfilled on ${resourceOf(
      served,
    )} "${name}": Precondition failed: UID in precondition: ${uid}, UID in object meta: ${
      live?.metadata.uid ?? ''
    }`,
    'ResourceVersion',
  );
}

/** Whoever names a version has seen that one. @throws KubernetesConflictError */
export function checkResourceVersion(
  served: ServedKind,
  { name, resourceVersion }: Metadata,
  live: KubernetesObject,
): void {
  if (!resourceVersion || resourceVersion === live.metadata.resourceVersion) {
    return;
  }
  throw new KubernetesConflictError(
    `Operation cannot be fulfilled on ${resourceOf(
      served,
    )} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    'ResourceVersion',
  );
}

/** Nothing new comes into a namespace that goes. @throws NotAllowedError */
export function checkNotTerminating(
  served: ServedKind,
  { metadata: { name, namespace } }: KubernetesObject,
  home: KubernetesObject,
): void {
  if (!home.metadata.deletionTimestamp) return;
  throw new NotAllowedError(
    `${resourceOf(
      served,
    )} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
  );
}
