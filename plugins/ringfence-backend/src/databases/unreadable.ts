import {
  DATABASE_LABEL,
  OWNER_ANNOTATION,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { UnreadableDatabase } from './Databases';
import { stateOf } from './stateOf';

/** What its Namespace alone says of a database. */
export function toUnreadable(
  kubernetesCluster: string,
  namespace: KubernetesObject,
  why: string,
): UnreadableDatabase {
  const { name, labels = {}, annotations = {} } = namespace.metadata;
  return {
    ref: { kubernetesCluster, namespace: name },
    name: labels[DATABASE_LABEL] ?? name,
    owner: annotations[OWNER_ANNOTATION],
    state: stateOf(namespace),
    why,
  };
}
