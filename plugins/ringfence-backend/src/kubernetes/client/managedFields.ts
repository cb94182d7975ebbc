import { MANAGER } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

type Entry = NonNullable<KubernetesObject['metadata']['managedFields']>[number];

const isOurs = (entry: Entry) =>
  entry.manager === MANAGER && !entry.subresource;

/** Whether some fields are ours by a create, which a later apply would conflict with. */
export function hasOwnUpdates(object: KubernetesObject): boolean {
  return (object.metadata.managedFields ?? []).some(
    entry => isOurs(entry) && entry.operation === 'Update',
  );
}

/**
 * The patch (RFC 6902) that makes the fields which we created ours by apply.
 * To the API server, "created by ringfence" and "applied by ringfence" are two
 * managers.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
 */
export function ownByApplyPatch(object: KubernetesObject): object[] {
  const { managedFields = [], resourceVersion } = object.metadata;
  const ours = managedFields.filter(isOurs);
  const merged = {
    ...ours[0],
    operation: 'Apply',
    fieldsV1: ours
      .map(entry => entry.fieldsV1 ?? {})
      .reduce((all, fields) => mergeFields(all, fields), {}),
  };
  return [
    {
      op: 'replace',
      path: '/metadata/managedFields',
      value: [merged, ...managedFields.filter(entry => !isOurs(entry))],
    },
    // Fails where somebody has changed it meanwhile.
    {
      op: 'replace',
      path: '/metadata/resourceVersion',
      value: resourceVersion,
    },
  ];
}

/** Field sets are tries of objects: their union is the merge of both. */
function mergeFields(a: any, b: any): any {
  const merged = { ...a };
  for (const [key, value] of Object.entries(b)) {
    merged[key] = key in a ? mergeFields(a[key], value) : value;
  }
  return merged;
}
