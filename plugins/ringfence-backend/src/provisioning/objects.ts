import {
  DATABASE_LABEL,
  MANAGED_BY_LABEL,
  MANAGER,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesObject,
  Manifest,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Where an object is. */
export function refOf(object: KubernetesObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  return namespace === undefined
    ? { apiVersion, kind, name }
    : { apiVersion, kind, name, namespace };
}

/** As events name it: `Certificate orders/orders-ca`, `Namespace orders`. */
export function describeObject(ref: ObjectRef): string {
  const path = ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
  return `${ref.kind} ${path}`;
}

/** Tells objects apart, whatever version they are read in. */
export function identityOf(ref: ObjectRef): string {
  const [group] = ref.apiVersion.includes('/')
    ? ref.apiVersion.split('/')
    : [''];
  return [group, ref.kind, ref.namespace ?? '', ref.name].join('/');
}

/** The Namespace of that name. */
export function namespaceRef(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Namespace', name };
}

/** The labels by which Ringfence knows its own objects. */
export function ownLabels(databaseName: string): Record<string, string> {
  return {
    [MANAGED_BY_LABEL]: MANAGER,
    [DATABASE_LABEL]: databaseName,
  };
}

/** The manifest with the labels without which decommissioning would pass it by. */
export function withOwnLabels(
  manifest: Manifest,
  databaseName: string,
): Manifest {
  const labels = { ...manifest.metadata.labels, ...ownLabels(databaseName) };
  return { ...manifest, metadata: { ...manifest.metadata, labels } };
}
