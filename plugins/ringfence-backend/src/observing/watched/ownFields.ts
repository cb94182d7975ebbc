import { MANAGER } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

type ManagedFields = KubernetesObject['metadata']['managedFields'];

/** Databases of one blueprint have the same fields, so there are few of them. */
const MOST = 500;

/** Each kept once, however many objects have it. */
const shared = new Map<string, NonNullable<ManagedFields>>();

/**
 * Which fields of an object are ours, without since when; undefined: none. It
 * tells whether an object is as it was applied.
 */
export function ownFieldsOf({ metadata }: KubernetesObject): ManagedFields {
  const all = Array.isArray(metadata.managedFields)
    ? metadata.managedFields
    : [];
  const ours = all
    .filter(
      entry => entry?.manager === MANAGER && entry.subresource === undefined,
    )
    .map(({ manager, operation, apiVersion, fieldsV1 }) => ({
      ...{ manager, operation, apiVersion, fieldsV1 },
    }));
  if (ours.length === 0) return undefined;
  const text = JSON.stringify(ours);
  const same = shared.get(text);
  if (same) return same;
  if (shared.size >= MOST) shared.clear();
  shared.set(text, ours);
  return ours;
}
