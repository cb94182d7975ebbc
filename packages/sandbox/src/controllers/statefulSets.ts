import { createHash } from 'node:crypto';
import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isTrue } from './conditions';
import type { ControllerCluster, ControllerContext } from './context';
import {
  itself,
  ownedBy,
  ownersOf,
  refOfKey,
  startController,
  type RunningController,
} from './controller';
import { injectSidecar, wantsSidecar } from './sidecars/injection';

const selector = { apiVersion: 'apps/v1', kind: 'StatefulSet' };

/** Label of a pod: which template it was made from. */
const REVISION_LABEL = 'controller-revision-hash';

/** Makes pods and claims for StatefulSets, rolls them when the template changes, and counts them. */
export function startStatefulSets(
  context: ControllerContext,
): RunningController {
  const kubernetes = context.kubernetes.as('kube-controller-manager', {
    force: true,
  });
  return startController({
    name: 'statefulsets',
    kubernetes,
    log: context.log,
    watches: [
      { ...selector, concerns: itself },
      { apiVersion: 'v1', kind: 'Pod', concerns: ownersOf('StatefulSet') },
    ],
    async reconcile(key) {
      const set = await kubernetes.get(refOfKey(selector, key));
      if (!set || set.metadata.deletionTimestamp) return;
      const revision = revisionOf(set);
      const pods = await podsOf(kubernetes, set);
      await makeMissing(kubernetes, set, pods, revision);
      await removeOne(kubernetes, set, pods, revision);
      await writeStatus(kubernetes, set, revision);
    },
  });
}

/** `<name>-<hash of the template>`. */
function revisionOf(set: KubernetesObject): string {
  const hash = createHash('sha256').update(JSON.stringify(set.spec.template));
  return `${set.metadata.name}-${hash.digest('hex').slice(0, 10)}`;
}

/** A StatefulSet's pods by ordinal. */
async function podsOf(kubernetes: ControllerCluster, set: KubernetesObject) {
  const { name, namespace, uid } = set.metadata;
  const pods = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
  });
  return new Map(
    pods
      .filter(pod =>
        pod.metadata.ownerReferences?.some(owner => owner.uid === uid),
      )
      .map(pod => [Number(pod.metadata.name.slice(name.length + 1)), pod]),
  );
}

type Pods = Awaited<ReturnType<typeof podsOf>>;

const isReady = (pod: KubernetesObject | undefined) => isTrue(pod, 'Ready');

/** All at once where the pods may start in parallel, else one after the other. */
async function makeMissing(
  kubernetes: ControllerCluster,
  set: KubernetesObject,
  pods: Pods,
  revision: string,
) {
  for (let ordinal = 0; ordinal < set.spec.replicas; ordinal++) {
    if (!pods.has(ordinal)) {
      await makeClaims(kubernetes, set, ordinal);
      pods.set(
        ordinal,
        await kubernetes.create(
          await admitted(kubernetes, podManifest(set, ordinal, revision)),
        ),
      );
    }
    const inParallel = set.spec.podManagementPolicy === 'Parallel';
    if (!inParallel && !isReady(pods.get(ordinal))) return;
  }
}

/** The pod as Istio's webhook leaves it. */
async function admitted(kubernetes: ControllerCluster, pod: Manifest) {
  const namespace = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Namespace',
    name: pod.metadata.namespace!,
  });
  return wantsSidecar(pod, namespace) ? injectSidecar(pod) : pod;
}

function claimName(template: any, set: KubernetesObject, ordinal: number) {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

async function makeClaims(
  kubernetes: ControllerCluster,
  set: KubernetesObject,
  ordinal: number,
) {
  const { namespace } = set.metadata;
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(template, set, ordinal);
    const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
    if (await kubernetes.get({ ...ref, namespace, name })) continue;
    const labels = {
      ...set.spec.selector?.matchLabels,
      ...template.metadata.labels,
    };
    const { annotations } = template.metadata;
    await kubernetes.create({
      ...ref,
      metadata: { name, namespace, labels, annotations },
      spec: template.spec,
    });
  }
}

function podManifest(set: KubernetesObject, ordinal: number, revision: string) {
  const { template, serviceName, volumeClaimTemplates = [] } = set.spec;
  const name = `${set.metadata.name}-${ordinal}`;
  const claims = volumeClaimTemplates.map((claim: any) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: claimName(claim, set, ordinal) },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: set.metadata.namespace,
      labels: {
        ...template.metadata?.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [REVISION_LABEL]: revision,
        'statefulset.kubernetes.io/pod-name': name,
      },
      annotations: template.metadata?.annotations,
      ownerReferences: [ownedBy(set)],
    },
    spec: {
      ...template.spec,
      hostname: name,
      subdomain: serviceName,
      volumes: [...(template.spec.volumes ?? []), ...claims],
    },
  };
}

/** One at a time from the highest ordinal down: pods too many, then pods of an older template. */
async function removeOne(
  kubernetes: ControllerCluster,
  set: KubernetesObject,
  pods: Pods,
  revision: string,
) {
  const ordinals = [...pods.keys()].sort((a, b) => b - a);
  const victim =
    ordinals.find(ordinal => ordinal >= set.spec.replicas) ??
    outdated(set, pods, ordinals, revision);
  const pod = victim === undefined ? undefined : pods.get(victim);
  if (!pod) return;
  const { name, namespace } = pod.metadata;
  await kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name });
}

function outdated(
  set: KubernetesObject,
  pods: Pods,
  ordinals: number[],
  revision: string,
): number | undefined {
  if (set.spec.updateStrategy?.type === 'OnDelete') return undefined;
  const isOld = (ordinal: number) =>
    pods.get(ordinal)?.metadata.labels?.[REVISION_LABEL] !== revision;
  const unready = ordinals.filter(ordinal => !isReady(pods.get(ordinal)));
  // A pod that is not up cannot be made worse; else all must be up before the next one goes.
  return unready.length > 0 ? unready.find(isOld) : ordinals.find(isOld);
}

async function writeStatus(
  kubernetes: ControllerCluster,
  set: KubernetesObject,
  revision: string,
) {
  const pods = [...(await podsOf(kubernetes, set)).values()];
  const ready = pods.filter(isReady).length;
  const updated = pods.filter(
    pod => pod.metadata.labels?.[REVISION_LABEL] === revision,
  ).length;
  const rolledOut =
    updated === set.spec.replicas && ready === set.spec.replicas;
  const currentRevision = rolledOut
    ? revision
    : set.status?.currentRevision ?? revision;
  const current = pods.filter(
    pod => pod.metadata.labels?.[REVISION_LABEL] === currentRevision,
  ).length;
  await kubernetes.updateStatus({
    ...set,
    status: {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: current,
      updatedReplicas: updated,
      currentRevision,
      updateRevision: revision,
      collisionCount: 0,
    },
  });
}
