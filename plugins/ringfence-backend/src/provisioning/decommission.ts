import { NotFoundError } from '@backstage/errors';
import {
  DATABASE_LABEL,
  databaseEntityRef,
  MANAGED_BY_LABEL,
  MANAGER,
  OWNER_ANNOTATION,
  stringifyDatabaseRef,
  type DatabaseRef,
  type ProvisionOutcome,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { aboutObject, RefusedError } from './errors';
import { markState } from './namespace';
import { namespaceRef, refOf } from './objects';
import {
  isFence,
  isRetained,
  kindsToSearch,
  listOwnObjects,
} from './retention';
import { removeObject } from './removeObject';
import type { Run } from './Run';
import { listTeamCertificates } from './teamCertificates';
import { waitFor } from './waits';

/** Pods get their grace period, and a volume may be slow to detach. */
const GONE_WITHIN_MS = 10 * 60_000;

/** What is to go. */
export interface DecommissionRequest {
  /** Must equal the database's name. */
  readonly confirm: string;
  /** Deletes the Namespace with everything in it: data, CA and credentials. */
  readonly deleteVolumes: boolean;
}

/** What a database's blueprint makes of its spec. */
export interface Footprint {
  /** For kinds that only its blueprint knows. */
  readonly manifests: readonly Manifest[];
  readonly podLabels: Readonly<Record<string, string>>;
}

/**
 * The Namespace of a database that is to be decommissioned.
 *
 * @throws NotFoundError where there is none that Ringfence manages
 */
export async function findNamespace(
  kubernetes: KubernetesCluster,
  ref: DatabaseRef,
): Promise<{ namespace: KubernetesObject; name: string }> {
  const namespace = await kubernetes.get(namespaceRef(ref.namespace));
  const name = namespace?.metadata.labels?.[DATABASE_LABEL];
  if (
    !namespace ||
    !name ||
    namespace.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGER
  ) {
    throw new NotFoundError(
      `No database in namespace "${ref.namespace}" of Kubernetes cluster "${ref.kubernetesCluster}" is managed by Ringfence`,
    );
  }
  return { namespace, name };
}

/** @throws RefusedError where the name was not typed as it is */
export function refuseUnconfirmed(name: string, confirm: string): void {
  if (confirm === name) return;
  throw new RefusedError(
    `confirm: is ${JSON.stringify(confirm)}, not the name of this database`,
    { name: 'InputError', remedy: `Type ${name}` },
  );
}

/**
 * Removes what Ringfence made but keeps the volumes, and with them whatever
 * they are worth nothing without; provisioning again takes them up.
 */
export async function retainVolumes(
  run: Run,
  namespace: KubernetesObject,
  { manifests, podLabels }: Footprint,
): Promise<ProvisionOutcome> {
  keepOwner(run, namespace);
  const objects = await listOwnObjects(
    run.kubernetes,
    { namespace: run.ref.namespace, name: run.name },
    kindsToSearch(manifests),
  );
  const doomed = [
    ...(await listTeamCertificates(run)),
    ...objects.filter(object => !isRetained(object)),
  ];
  if (doomed.length > 0) await markState(run, 'decommissioning');
  await removeAll(
    run,
    doomed.filter(object => !isFence(object)),
  );
  await awaitNoPods(run, podLabels);
  await removeAll(run, doomed.filter(isFence));
  for (const object of objects.filter(isRetained)) {
    run.journal.record(refOf(object), 'kept');
  }
  await markState(run, 'retained');
  const database = stringifyDatabaseRef(run.ref);
  return outcome(
    run,
    run.journal.changed
      ? `Database "${run.name}" is taken down; its volumes, CA, credentials and spec stay in ${database}`
      : `Nothing to do: database "${run.name}" in ${database} is taken down already`,
  );
}

/** Deletes the Namespace and waits until it is gone. */
export async function deleteNamespace(
  run: Run,
  namespace: KubernetesObject,
  beforeDelete: () => void,
): Promise<ProvisionOutcome> {
  const ref = namespaceRef(run.ref.namespace);
  keepOwner(run, namespace);
  if (!namespace.metadata.deletionTimestamp) {
    await markState(run, 'decommissioning');
    beforeDelete();
    await aboutObject(ref, () => run.kubernetes.delete(ref));
    run.journal.record(ref, 'deleted');
  }
  await awaitGone(run, ref);
  return outcome(
    run,
    `Database "${run.name}" and everything in ${stringifyDatabaseRef(
      run.ref,
    )} is deleted`,
  );
}

function keepOwner(run: Run, namespace: KubernetesObject): void {
  const owner = namespace.metadata.annotations?.[OWNER_ANNOTATION];
  run.namespaceAnnotations = owner ? { [OWNER_ANNOTATION]: owner } : {};
}

async function removeAll(
  run: Run,
  objects: readonly KubernetesObject[],
): Promise<void> {
  for (const object of objects) await removeObject(run, object);
  for (const object of objects) await awaitGone(run, refOf(object));
}

async function awaitGone(run: Run, ref: ObjectRef): Promise<void> {
  const path = ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
  await waitFor(run, {
    kind: 'object',
    name: `${ref.kind} ${path} is gone`,
    ref,
    timeoutMs: GONE_WITHIN_MS,
    remedy: `See what holds it: kubectl get ${ref.kind} ${ref.name}${
      ref.namespace ? ` -n ${ref.namespace}` : ''
    } -o yaml`,
    evaluate: object =>
      object
        ? { state: 'waiting', why: whyStillThere(object) }
        : { state: 'done', message: 'gone' },
  });
}

/** The object's own words where it has any. */
function whyStillThere({ metadata, status }: KubernetesObject): string {
  const conditions: Array<{ status: string; message?: string }> =
    status?.conditions ?? [];
  const message = conditions.find(
    condition => condition.status === 'True' && condition.message,
  )?.message;
  if (message) return message;
  const finalizers = metadata.finalizers ?? [];
  return finalizers.length > 0
    ? `held by finalizer ${finalizers.join(', ')}`
    : 'being deleted';
}

/** A node that still runs would meet the next one on the same volume. */
async function awaitNoPods(
  run: Run,
  labels: Footprint['podLabels'],
): Promise<void> {
  const { namespace } = run.ref;
  await waitFor(run, {
    kind: 'probe',
    name: `Pods of database ${namespace}/${run.name} are gone`,
    timeoutMs: GONE_WITHIN_MS,
    everyMs: 1000,
    remedy: `See what holds them: kubectl get pods -n ${namespace}`,
    async probe() {
      const pods = await run.kubernetes.list({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace,
        labels,
      });
      const names = pods.map(({ metadata }) => metadata.name);
      return names.length > 0
        ? { state: 'waiting', why: `still there: ${names.join(', ')}` }
        : { state: 'done', message: 'none left' };
    },
  });
}

function outcome(run: Run, summary: string): ProvisionOutcome {
  return {
    database: stringifyDatabaseRef(run.ref),
    entityRef: databaseEntityRef(run.ref),
    changed: run.journal.changed,
    gatewayAddresses: [],
    gatewayPorts: [],
    summary,
  };
}
