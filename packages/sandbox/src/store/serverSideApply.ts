import { KubernetesConflictError } from '@ringfence/backstage-plugin-ringfence-node';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  describePath,
  fieldsOf,
  merge,
  removeField,
  toFieldsV1,
  type FieldPath,
} from './fieldPaths';
import { sameJson, sameSet } from './json';
import type { ServedKind } from './kinds';

/** Which fields each manager owns. */
export type Owners = ReadonlyMap<string, ReadonlySet<FieldPath>>;

/** An object and who owns its fields. */
export interface Stored {
  readonly object: KubernetesObject;
  readonly owners: Owners;
}

/** Who writes. */
export interface Writer {
  readonly manager: string;
  /** Takes over fields of other managers instead of failing. */
  readonly force: boolean;
}

/**
 * Server-side apply of `manifest` over `live`.
 *
 * @throws KubernetesConflictError naming the managers whose fields differ
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export function applyOver(
  served: ServedKind,
  live: KubernetesObject,
  owners: Owners,
  manifest: KubernetesObject,
  writer: Writer,
): Stored {
  const options = { skipStatus: served.status };
  const wanted = fieldsOf(served.kind, manifest, options);
  const current = fieldsOf(served.kind, live, options);
  const others = [...owners].filter(([manager]) => manager !== writer.manager);

  const contested = others.flatMap(([manager, paths]) =>
    [...wanted]
      .filter(
        ([path, value]) =>
          paths.has(path) && !sameJson(value, current.get(path)),
      )
      .map(([path]) => ({ manager, path })),
  );
  if (contested.length > 0 && !writer.force) {
    throw conflict(served, manifest, contested);
  }

  const lost = new Set(contested.map(({ path }) => path));
  const remaining = new Map<string, ReadonlySet<FieldPath>>(
    others
      .map(([manager, paths]) => {
        const left = new Set([...paths].filter(path => !lost.has(path)));
        return [manager, left] as const;
      })
      .filter(([, paths]) => paths.size > 0),
  );
  const merged = merge(served.kind, live, manifest) as KubernetesObject;
  const kept = new Set<FieldPath>(wanted.keys());
  for (const paths of remaining.values()) paths.forEach(path => kept.add(path));
  const dropped = [...(owners.get(writer.manager) ?? [])]
    .filter(path => !kept.has(path))
    // Whole items before the fields inside them: without its key an item is not found again.
    .sort((a, b) => Number(b.endsWith('.')) - Number(a.endsWith('.')));
  for (const path of dropped) removeField(served.kind, merged, path, kept);

  remaining.set(writer.manager, new Set(wanted.keys()));
  return { object: merged, owners: remaining };
}

function conflict(
  served: ServedKind,
  manifest: KubernetesObject,
  contested: Array<{ manager: string; path: FieldPath }>,
): KubernetesConflictError {
  const { name, namespace } = manifest.metadata;
  const managers = [...new Set(contested.map(({ manager }) => manager))];
  const fields = contested
    .map(
      ({ manager, path }) =>
        `${JSON.stringify(manager)}: ${describePath(path)}`,
    )
    .join(', ');
  return new KubernetesConflictError(
    `Apply of ${served.kind} "${
      namespace ? `${namespace}/` : ''
    }${name}" failed with ${contested.length} ` +
      `conflict${contested.length > 1 ? 's' : ''}: conflict with ${fields}`,
    'FieldManager',
    managers,
  );
}

/** Ownership of an object that is made anew. */
export function ownAll(
  served: ServedKind,
  object: KubernetesObject,
  manager: string,
): Owners {
  const fields = fieldsOf(served.kind, object, { skipStatus: served.status });
  return new Map([[manager, new Set(fields.keys())]]);
}

/** Whether everyone owns the same. */
export function sameOwners(a: Owners, b: Owners): boolean {
  return (
    a.size === b.size &&
    [...a].every(([manager, paths]) => sameSet(paths, b.get(manager)))
  );
}

/** `metadata.managedFields`; entries that did not change keep their time. */
export function managedFields(
  apiVersion: string,
  owners: Owners,
  previous: Stored | undefined,
  time: string,
) {
  const before = previous?.object.metadata.managedFields ?? [];
  return [...owners].map(([manager, paths]) => {
    const unchanged = sameSet(paths, previous?.owners.get(manager));
    const entry = before.find(candidate => candidate.manager === manager);
    if (unchanged && entry) return entry;
    return {
      manager,
      operation: 'Apply',
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(paths),
    };
  });
}
