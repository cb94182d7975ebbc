import { randomBytes } from 'node:crypto';
import type {
  KubernetesObject,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  itself,
  refOfKey,
  startController,
  type ControllerCluster,
  type ControllerContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';
import { hold, release } from '../finalizers';
import {
  DATACENTERS,
  datacenterLabels,
  OPERATOR_LABELS,
  readDatacenter,
  type Datacenter,
} from './datacenter';
import { serviceManifests } from './services';
import {
  isRolledOut,
  seedNode,
  STATEFUL_SETS,
  statefulSetManifest,
} from './statefulSet';

/** Of a datacenter whose volumes outlive it. */
const KEEPS_VOLUMES = 'cassandra.datastax.com/no-finalizer';
const FINALIZER = 'finalizer.cassandra.datastax.com';

const CLAIMS = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

/**
 * Plays cass-operator: makes of a CassandraDatacenter what the real one makes,
 * and says on it how far that is. That a Secret or one of its keys is missing it
 * does not report, as the real one does not: the pods wait for it.
 */
export function startCassOperator(
  context: ControllerContext,
): RunningController {
  const kubernetes = context.kubernetes.as('cass-operator', { force: true });
  return startController({
    name: 'cass-operator',
    kubernetes,
    log: context.log,
    watches: [
      { ...DATACENTERS, concerns: itself },
      { ...STATEFUL_SETS, concerns: datacenterOf },
    ],
    async reconcile(key) {
      const object = await kubernetes.get(refOfKey(DATACENTERS, key));
      if (!object) return;
      if (object.metadata.deletionTimestamp) {
        await dispose(kubernetes, object);
        return;
      }
      if (object.metadata.annotations?.[KEEPS_VOLUMES] !== 'true') {
        await hold(kubernetes, object, FINALIZER);
      }
      const restartedAt = await takeRestart(
        kubernetes,
        object,
        context.now().toISOString(),
      );
      const datacenter = readDatacenter(object);
      await makeSuperuser(kubernetes, datacenter);
      for (const service of serviceManifests(datacenter)) {
        await kubernetes.apply(service);
      }
      const set = await kubernetes.apply(
        statefulSetManifest(datacenter, restartedAt),
      );
      await labelSeed(kubernetes, datacenter);
      await writeStatus(kubernetes, datacenter, set, {
        restartedAt,
        now: context.now(),
      });
    },
  });
}

/** With its finalizer the operator deletes the volumes too. */
async function dispose(
  kubernetes: ControllerCluster,
  object: KubernetesObject,
): Promise<void> {
  if (!object.metadata.finalizers?.includes(FINALIZER)) return;
  const { namespace } = object.metadata;
  const claims = await kubernetes.list({
    ...CLAIMS,
    namespace,
    labels: datacenterLabels(readDatacenter(object)),
  });
  for (const { metadata } of claims) {
    await kubernetes.delete({ ...CLAIMS, namespace, name: metadata.name });
  }
  await release(kubernetes, object, FINALIZER);
}

function datacenterOf({ metadata }: KubernetesObject): string[] {
  const owner = metadata.ownerReferences?.find(
    ({ kind }) => kind === DATACENTERS.kind,
  );
  return owner ? [`${metadata.namespace}/${owner.name}`] : [];
}

/** Answers `rollingRestartRequested` and takes it back. @returns when nodes were last rolled that way */
async function takeRestart(
  kubernetes: ControllerCluster,
  object: KubernetesObject,
  now: string,
): Promise<string | undefined> {
  const before: string | undefined = object.status?.lastRollingRestart;
  if (!object.spec.rollingRestartRequested) return before;
  const { name, namespace } = object.metadata;
  await kubernetes.apply({
    ...DATACENTERS,
    metadata: { name, namespace },
    spec: { rollingRestartRequested: false },
  });
  return `${now.slice(0, 19)}Z`;
}

/** The Secret of the superuser, where nobody brings it. */
async function makeSuperuser(
  kubernetes: ControllerCluster,
  { object, namespace, superuserSecret, cluster }: Datacenter,
): Promise<void> {
  const ref = secretRef(namespace, superuserSecret);
  if (object.spec.superuserSecretName || (await kubernetes.get(ref))) return;
  await kubernetes.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: superuserSecret, namespace },
    type: 'Opaque',
    stringData: {
      username: `${cluster}-superuser`,
      password: randomBytes(24).toString('hex'),
    },
  });
}

/** Where the superuser of a datacenter is. */
export function secretRef(namespace: string, name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name };
}

async function labelSeed(
  kubernetes: ControllerCluster,
  datacenter: Datacenter,
): Promise<void> {
  const ref = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: datacenter.namespace,
    name: seedNode(datacenter),
  };
  const pod = await kubernetes.get(ref);
  if (!pod || pod.metadata.labels?.[OPERATOR_LABELS.seedNode]) return;
  const { name, namespace, uid } = pod.metadata;
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid,
      labels: { [OPERATOR_LABELS.seedNode]: 'true' },
    },
  });
}

async function writeStatus(
  kubernetes: ControllerCluster,
  datacenter: Datacenter,
  set: KubernetesObject,
  { restartedAt, now }: { restartedAt?: string; now: Date },
): Promise<void> {
  const { namespace, name } = datacenter;
  const live = await kubernetes.get({ ...DATACENTERS, namespace, name });
  if (!live) return;
  const { spec, status: rolled = {} } = set;
  const isRolled = isRolledOut(set);
  const before = live.status ?? {};
  const wasReady = before.conditions?.some(
    ({ type, status }: any) => type === 'Initialized' && status === 'True',
  );
  const conditions = Object.entries({
    Ready: (rolled.readyReplicas ?? 0) >= spec.replicas,
    Initialized: isRolled || wasReady,
    Updating: wasReady && !isRolled,
    Stopped: spec.replicas === 0,
    Valid: true,
  }).map(([type, holds]) =>
    condition(before.conditions, type, Boolean(holds), now),
  );
  const status = {
    ...before,
    cassandraOperatorProgress: isRolled ? 'Ready' : 'Updating',
    observedGeneration: live.metadata.generation,
    datacenterName: name,
    nodeStatuses: await nodeStatuses(kubernetes, datacenter),
    conditions,
    ...(restartedAt && { lastRollingRestart: restartedAt }),
    ...(isRolled && {
      superUserUpserted: before.superUserUpserted ?? timestamp(now),
    }),
  };
  if (JSON.stringify(status) === JSON.stringify(before)) return;
  await kubernetes.updateStatus({ ...live, status });
}

function timestamp(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}

function condition(
  before: readonly any[] = [],
  type: string,
  holds: boolean,
  now: Date,
) {
  const status = holds ? 'True' : 'False';
  const known = before.find(it => it.type === type);
  const lastTransitionTime =
    known?.status === status ? known.lastTransitionTime : timestamp(now);
  return { type, status, reason: '', message: '', lastTransitionTime };
}

async function nodeStatuses(
  kubernetes: ControllerCluster,
  datacenter: Datacenter,
): Promise<Record<string, { ip: string }>> {
  const pods = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: datacenter.namespace,
    labels: datacenterLabels(datacenter),
  });
  const placed = pods.filter(({ status }) => status?.podIP);
  return Object.fromEntries(
    placed
      .map(({ metadata, status }) => [metadata.name, { ip: status.podIP }])
      .sort(([a], [b]) => String(a).localeCompare(String(b))),
  );
}
