import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { ControllerCluster, ControllerContext } from './context';
import {
  itself,
  keyOf,
  refOfKey,
  startController,
  type RunningController,
} from './controller';

const selector = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Binds claims to volumes that are names only: what a node stores is in its own directory. */
export function startVolumes(context: ControllerContext): RunningController {
  const kubernetes = context.kubernetes.as('persistent-volume-binder', {
    force: true,
  });
  return startController({
    name: 'volumes',
    kubernetes,
    log: context.log,
    watches: [
      { ...selector, concerns: itself },
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        concerns: async () => (await kubernetes.list(selector)).map(keyOf),
      },
    ],
    async reconcile(key) {
      const claim = await kubernetes.get(refOfKey(selector, key));
      if (!claim) await releaseVolume(kubernetes, key);
      else if (claim.status?.phase !== 'Bound') await bind(kubernetes, claim);
    },
  });
}

async function storageClassOf(
  kubernetes: ControllerCluster,
  claim: KubernetesObject,
) {
  const classes = await kubernetes.list({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
  });
  const name = claim.spec?.storageClassName;
  return classes.find(({ metadata }) =>
    name
      ? metadata.name === name
      : metadata.annotations?.[DEFAULT_CLASS] === 'true',
  );
}

async function bind(kubernetes: ControllerCluster, claim: KubernetesObject) {
  const storageClass = await storageClassOf(kubernetes, claim);
  if (!storageClass) {
    await kubernetes.updateStatus({ ...claim, status: { phase: 'Pending' } });
    return;
  }
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const volumeName = `pvc-${uid}`;
  const capacity = claim.spec?.resources?.requests;
  const accessModes = claim.spec?.accessModes;
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName },
    spec: {
      capacity,
      accessModes,
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      claimRef: { ...selector, name, namespace, uid },
    },
  });
  const bound = await kubernetes.apply({
    ...selector,
    metadata: { name, namespace, uid, resourceVersion },
    spec: { volumeName, storageClassName: storageClass.metadata.name },
  });
  await kubernetes.updateStatus({
    ...bound,
    status: { phase: 'Bound', capacity, accessModes },
  });
}

async function releaseVolume(kubernetes: ControllerCluster, key: string) {
  const volumes = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
  });
  for (const { metadata, spec } of volumes) {
    const { claimRef, persistentVolumeReclaimPolicy } = spec;
    if (`${claimRef?.namespace}/${claimRef?.name}` !== key) continue;
    if (persistentVolumeReclaimPolicy !== 'Delete') continue;
    await kubernetes.delete({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      name: metadata.name,
    });
  }
}
