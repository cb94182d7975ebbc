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
      keys.every(key => itemOwned(key, fields[key], wanted, live)) &&
      inSameOrder(keys, wanted, live)
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
  // The API server completes fields that a manifest leaves out, such as a protocol.
  const [ofWanted, ...furtherWanted] = wanted.filter(it =>
    isItem(it, by, true),
  );
  const [ofLive, ...furtherLive] = live.filter(it => isItem(it, by));
  return (
    furtherWanted.length + furtherLive.length === 0 &&
    owned(fields, ofWanted, ofLive)
  );
}

/** Whether these fields tell an item of a list. @param mayLack - it may say nothing of some of them */
function isItem(item: unknown, by: Fields, mayLack = false): boolean {
  return (
    isObject(item) &&
    Object.entries(by).every(
      ([name, value]) =>
        (mayLack && item[name] === undefined) ||
        isDeepStrictEqual(item[name], value),
    )
  );
}

/** Whether items come as they are wanted, whatever is between them: init containers run one after the other. */
function inSameOrder(
  keys: readonly string[],
  wanted: readonly unknown[],
  live: readonly unknown[],
): boolean {
  const items = keys
    .filter(key => key.startsWith('k:'))
    .map((key): Fields => JSON.parse(key.slice(2)));
  const places = wanted.flatMap(it =>
    items
      .filter(by => isItem(it, by, true))
      .map(by => live.findIndex(other => isItem(other, by))),
  );
  return places.every((place, i) => i === 0 || places[i - 1] < place);
}

/**
 * What API servers complete within what is owned whole. Whatever else is more
 * there than is wanted an apply would remove: one more label in a selector
 * selects other pods.
 */
const DEFAULTS: Readonly<Record<string, readonly unknown[]>> = {
  protocol: ['TCP'],
  group: ['', 'gateway.networking.k8s.io'],
  kind: ['Gateway', 'Secret', 'Service'],
  weight: [1],
};

/** Whether `live` says what `wanted` does, and no more than API servers complete. */
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
    Object.keys(wanted).every(name => Object.hasOwn(live, name)) &&
    Object.entries(live).every(([name, value]) =>
      Object.hasOwn(wanted, name)
        ? isWithin(wanted[name], value)
        : Object.hasOwn(DEFAULTS, name) && DEFAULTS[name].includes(value),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
