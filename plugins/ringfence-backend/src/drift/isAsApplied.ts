import { isDeepStrictEqual } from 'node:util';
import { MANAGER } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether an apply of the manifest would change nothing, as far as the object
 * itself can tell: our own applies still own exactly the fields that the
 * manifest names, and these have its values. Whoever changes a field takes it
 * from us. False where that is not certain: then the API server has to be asked.
 *
 * @param live - may lack what nobody keeps, which makes it uncertain
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function isAsApplied(
  live: KubernetesObject,
  manifest: Manifest,
): boolean {
  const ours = (live.metadata.managedFields ?? []).filter(
    ({ manager, subresource }) => manager === MANAGER && !subresource,
  );
  const [entry] = ours;
  const isApplied =
    ours.length === 1 &&
    entry.operation === 'Apply' &&
    entry.apiVersion === manifest.apiVersion &&
    live.apiVersion === manifest.apiVersion;
  if (!isApplied || !isObject(entry.fieldsV1)) return false;
  // As it goes over the wire: without what is undefined.
  const wanted = JSON.parse(JSON.stringify(manifest));
  return owned(entry.fieldsV1, named(wanted), named(live));
}

/** What fields can be owned of. */
function named({ apiVersion, kind, metadata, ...rest }: KubernetesObject) {
  const { name, namespace, ...own } = metadata;
  return { ...rest, metadata: own };
}

function owned(fields: Fields, wanted: unknown, live: unknown): boolean {
  const keys = Object.keys(fields).filter(key => key !== '.');
  // A leaf, or something that is owned whole.
  if (keys.length === 0) return isWithin(wanted, live);
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      keys.length === wanted.length &&
      keys.every(key => itemOwned(key, fields[key], wanted, live))
    );
  }
  return (
    isObject(wanted) &&
    isObject(live) &&
    keys.length === Object.keys(wanted).length &&
    keys.every(key => {
      const name = key.slice(2);
      const inner = fields[key];
      return (
        key.startsWith('f:') &&
        isObject(inner) &&
        Object.hasOwn(wanted, name) &&
        Object.hasOwn(live, name) &&
        owned(inner, wanted[name], live[name])
      );
    })
  );
}

/** `v:` is a value of a set, `k:` an item of a list by some of its fields. */
function itemOwned(
  key: string,
  fields: unknown,
  wanted: readonly unknown[],
  live: readonly unknown[],
): boolean {
  const by: unknown = JSON.parse(key.slice(2));
  if (key.startsWith('v:')) {
    const isIt = (value: unknown) => isDeepStrictEqual(value, by);
    return wanted.some(isIt) && live.some(isIt);
  }
  if (!key.startsWith('k:') || !isObject(by) || !isObject(fields)) return false;
  const item = (list: readonly unknown[], mayLack: boolean) =>
    list.filter(
      it =>
        isObject(it) &&
        Object.entries(by).every(([name, value]) =>
          mayLack && it[name] === undefined
            ? true
            : isDeepStrictEqual(it[name], value),
        ),
    );
  // The API server completes fields that a manifest leaves out, such as a protocol.
  const [ofWanted, ...furtherWanted] = item(wanted, true);
  const [ofLive, ...furtherLive] = item(live, false);
  return (
    furtherWanted.length + furtherLive.length === 0 &&
    owned(fields, ofWanted, ofLive)
  );
}

/** Whether `live` says all that `wanted` does; what it was completed by does not matter. */
function isWithin(wanted: unknown, live: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      wanted.length === live.length &&
      wanted.every((item, i) => isWithin(item, live[i]))
    );
  }
  if (!isObject(wanted)) return isDeepStrictEqual(wanted, live);
  return (
    isObject(live) &&
    Object.entries(wanted).every(
      ([name, value]) =>
        Object.hasOwn(live, name) && isWithin(value, live[name]),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
