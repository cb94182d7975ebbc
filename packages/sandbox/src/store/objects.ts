import type {
  KubernetesObject,
  ObjectRef,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Whether an object is among those that a selector asks for. */
export function matches(
  object: KubernetesObject,
  selector: ObjectSelector,
): boolean {
  return (
    object.apiVersion === selector.apiVersion &&
    object.kind === selector.kind &&
    (!selector.namespace || object.metadata.namespace === selector.namespace) &&
    Object.entries(selector.labels ?? {}).every(
      ([key, value]) => object.metadata.labels?.[key] === value,
    )
  );
}

/** Which object this is. */
export function refOf(object: KubernetesObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace && { namespace }),
  };
}

/** Tells objects apart. */
export function keyOf(target: ObjectRef | KubernetesObject): string {
  const { name, namespace } = 'metadata' in target ? target.metadata : target;
  return [target.apiVersion, target.kind, namespace ?? '', name].join('|');
}

/** {@link keyOf} a Namespace. */
export function namespaceKey(name: string): string {
  return keyOf({ apiVersion: 'v1', kind: 'Namespace', name });
}

/** What of an object its generation counts. */
export function content(object: KubernetesObject): unknown {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

/** A copy as JSON would carry it, without fields that are null. */
export function plain<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, function dropNull(key, inner) {
      return inner === null && key !== '' && !Array.isArray(this)
        ? undefined
        : inner;
    }),
  );
}

/** Of all objects those that an owner has left and no other owns. */
export function orphansOf(
  uid: string,
  all: readonly KubernetesObject[],
): KubernetesObject[] {
  const present = new Set(all.map(({ metadata }) => metadata.uid));
  return all.filter(({ metadata: { ownerReferences = [] } }) => {
    const owners = ownerReferences.map(owner => owner.uid);
    return owners.includes(uid) && !owners.some(owner => present.has(owner));
  });
}

/** RFC 3339 to the second, as the API server writes times. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
