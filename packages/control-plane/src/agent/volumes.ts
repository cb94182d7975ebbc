import {
  itself,
  PROVISIONER,
  refOfKey,
  startController,
  type ControllerContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';

const claims = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
const volumes = { apiVersion: 'v1', kind: 'PersistentVolume' };
/** On a claim, by the binder: who is to make its volume. */
const PROVISIONER_ANNOTATION = 'volume.kubernetes.io/storage-provisioner';

/** Makes volumes for claims, as a CSI provisioner does: names only, a node's data is in its own directory. */
export function startProvisioner(
  context: ControllerContext,
): RunningController {
  const kubernetes = context.kubernetes.as(PROVISIONER, { force: true });
  return startController({
    name: 'provisioner',
    kubernetes,
    log: context.log,
    watches: [{ ...claims, concerns: itself }],
    async reconcile(key) {
      const claim = await kubernetes.get(refOfKey(claims, key));
      const wanted =
        claim?.metadata.annotations?.[PROVISIONER_ANNOTATION] === PROVISIONER;
      if (!claim || !wanted || claim.spec.volumeName) return;
      const { name, namespace, uid } = claim.metadata;
      const { storageClassName, accessModes, resources } = claim.spec;
      await kubernetes.apply({
        ...volumes,
        metadata: {
          name: `pvc-${uid}`,
          annotations: { 'pv.kubernetes.io/provisioned-by': PROVISIONER },
        },
        spec: {
          capacity: resources.requests,
          accessModes,
          storageClassName,
          persistentVolumeReclaimPolicy: 'Delete',
          // A driver's name has no slash.
          csi: { driver: PROVISIONER.split('/')[0], volumeHandle: uid },
          claimRef: { ...claims, name, namespace, uid },
        },
      });
    },
  });
}

/** Deletes volumes whose claim is gone, which is the provisioner's work, too. */
export function startReclaimer(context: ControllerContext): RunningController {
  const { kubernetes } = context;
  return startController({
    name: 'reclaimer',
    kubernetes,
    log: context.log,
    watches: [{ ...volumes, concerns: itself }],
    async reconcile(key) {
      const ref = refOfKey(volumes, key);
      const volume = await kubernetes.get(ref);
      if (volume?.status?.phase === 'Released') await kubernetes.delete(ref);
    },
  });
}
