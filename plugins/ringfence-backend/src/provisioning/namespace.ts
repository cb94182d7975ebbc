import { ConflictError } from '@backstage/errors';
import {
  DATABASE_LABEL,
  MANAGED_BY_LABEL,
  MANAGER,
  OWNER_ANNOTATION,
  STATE_ANNOTATION,
  type DatabaseSpec,
  type DatabaseState,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  isAlreadyExists,
  type KubernetesObject,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { aboutObject, RefusedError } from './errors';
import { namespaceRef, ownLabels } from './objects';
import type { Run } from './Run';
import { NOTHING_OBSERVED } from './stages';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
const POD_SECURITY = 'pod-security.kubernetes.io/';

/** Pod Security as the blueprint's own Namespace asks for it, in the first of its stages. */
function podSecurityLabels([first]: readonly Stage[]): Record<string, string> {
  const manifests = first?.manifests(NOTHING_OBSERVED) ?? [];
  const namespace = manifests.find(({ kind }) => kind === 'Namespace');
  const labels = Object.entries(namespace?.metadata.labels ?? {});
  return Object.fromEntries(
    labels.filter(([label]) => label.startsWith(POD_SECURITY)),
  );
}

/**
 * Creates the database's Namespace, with Pod Security in force from the start:
 * of two who try, one succeeds. One that is there already must be this
 * database's.
 *
 * @throws RefusedError that says whose it is
 */
export async function claimNamespace(
  run: Run,
  spec: DatabaseSpec,
  stages: readonly Stage[],
): Promise<KubernetesObject> {
  const ref = namespaceRef(spec.namespace);
  return aboutObject(ref, async () => {
    try {
      const created = await run.kubernetes.create({
        ...NAMESPACE,
        metadata: {
          name: spec.namespace,
          labels: { ...podSecurityLabels(stages), ...ownLabels(spec.name) },
          annotations: { [OWNER_ANNOTATION]: spec.owner },
        },
      });
      run.journal.record(ref, 'created');
      return created;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    const namespace = await run.kubernetes.get(ref);
    // Gone between the two calls: whoever removed it is still at it.
    if (!namespace) throw beingDeleted(spec);
    refuseForeignNamespace(namespace, spec);
    return namespace;
  });
}

/** @throws RefusedError where the Namespace is not this database's, saying whose it is */
export function refuseForeignNamespace(
  namespace: KubernetesObject,
  spec: DatabaseSpec,
): void {
  const {
    labels = {},
    annotations = {},
    deletionTimestamp,
  } = namespace.metadata;
  const where = `Namespace "${spec.namespace}" in Kubernetes cluster "${spec.kubernetesCluster}"`;
  if (labels[MANAGED_BY_LABEL] !== MANAGER) {
    throw refused(
      `spec.namespace: ${where} exists and is not managed by Ringfence`,
    );
  }
  // Without its owner's name it is nobody's to take.
  const owner = annotations[OWNER_ANNOTATION];
  const database = labels[DATABASE_LABEL];
  if (database !== spec.name || owner !== spec.owner) {
    throw refused(
      `spec.namespace: ${where} holds database "${database}" of ${
        owner ?? 'an owner that it does not name'
      }, not "${spec.name}" of ${spec.owner}`,
    );
  }
  if (deletionTimestamp) throw beingDeleted(spec);
}

function refused(message: string): RefusedError {
  return new RefusedError(message, {
    name: ConflictError.name,
    remedy: 'Choose another namespace: each database has one of its own',
  });
}

function beingDeleted(spec: DatabaseSpec): RefusedError {
  return new RefusedError(
    `spec.namespace: Namespace "${spec.namespace}" in Kubernetes cluster "${spec.kubernetesCluster}" is being deleted`,
    {
      name: ConflictError.name,
      remedy: 'Run again when it is gone',
    },
  );
}

/** Writes on the Namespace what the database is going through; `ready` is no annotation at all. */
export async function markState(run: Run, state: DatabaseState): Promise<void> {
  const ref = namespaceRef(run.ref.namespace);
  const { [STATE_ANNOTATION]: _, ...others } = run.namespaceAnnotations;
  run.namespaceAnnotations =
    state === 'ready' ? others : { ...others, [STATE_ANNOTATION]: state };
  await aboutObject(ref, async () => {
    const namespace = await run.kubernetes.get(ref);
    if (!namespace) return;
    const { annotations: found = {} } = namespace.metadata;
    const isMarked = [
      STATE_ANNOTATION,
      ...Object.keys(run.namespaceAnnotations),
    ].every(key => found[key] === run.namespaceAnnotations[key]);
    if (isMarked) return;
    const { labels, annotations } = appliedMetadata(namespace);
    delete annotations[STATE_ANNOTATION];
    await run.kubernetes.apply({
      ...NAMESPACE,
      metadata: {
        name: ref.name,
        labels: { ...labels, ...ownLabels(run.name) },
        annotations: { ...annotations, ...run.namespaceAnnotations },
      },
    });
  });
}

/** Writes annotations on the Namespace, and keeps those that Ringfence wrote before. */
export async function markAnnotations(
  run: Run,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  run.namespaceAnnotations = { ...run.namespaceAnnotations, ...annotations };
  const ref = namespaceRef(run.ref.namespace);
  const namespace = await run.kubernetes.get(ref);
  if (!namespace) return;
  const applied = appliedMetadata(namespace);
  await run.kubernetes.apply({
    ...NAMESPACE,
    metadata: {
      name: ref.name,
      labels: { ...applied.labels, ...ownLabels(run.name) },
      annotations: { ...applied.annotations, ...run.namespaceAnnotations },
    },
  });
}

/**
 * Labels and annotations that Ringfence applied: an apply that leaves one out
 * removes it, and one that names somebody else's takes a share in it.
 */
function appliedMetadata(object: KubernetesObject): {
  labels: Record<string, string>;
  annotations: Record<string, string>;
} {
  const owned = object.metadata.managedFields?.find(
    entry => entry.manager === MANAGER && entry.operation === 'Apply',
  )?.fieldsV1?.['f:metadata'];
  const pick = (values: Record<string, string> = {}, fields: object = {}) =>
    Object.fromEntries(
      Object.entries(values).filter(([key]) => `f:${key}` in fields),
    );
  return {
    labels: pick(object.metadata.labels, owned?.['f:labels']),
    annotations: pick(object.metadata.annotations, owned?.['f:annotations']),
  };
}
