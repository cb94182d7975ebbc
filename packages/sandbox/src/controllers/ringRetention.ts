import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  itself,
  refOfKey,
  startController,
  type RunningController,
} from './controller';
import { podAddressHolder, type KubeletContext } from './kubelet';
import type { ControllerCluster } from './context';

const selector = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
const claims = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

/**
 * Forgets a ring, with what it stored, once nothing of it is left: neither its
 * StatefulSet nor a claim. While claims are kept, so is the data.
 */
export function startRingRetention(context: KubeletContext): RunningController {
  const { kubernetes, rings, addresses } = context;
  /** StatefulSets with claims, by namespace: a deleted claim does not name its own. */
  const known = new Map<string, Set<string>>();
  const remember = (set: KubernetesObject) => {
    const { namespace = '' } = set.metadata;
    const keys = known.get(namespace) ?? new Set();
    known.set(namespace, keys.add(`${namespace}/${set.metadata.name}`));
    return itself(set);
  };
  return startController({
    name: 'ring-retention',
    kubernetes,
    log: context.log,
    watches: [
      { ...selector, concerns: remember },
      {
        ...claims,
        concerns: claim => known.get(claim.metadata.namespace!) ?? [],
      },
    ],
    async reconcile(key) {
      if (await isLeft(kubernetes, key)) return;
      const ring = await rings.get(key);
      await rings.forget(key);
      const [namespace] = key.split('/');
      for (const { name } of ring?.nodes ?? []) {
        addresses.release(podAddressHolder(namespace, name));
      }
      known.get(namespace)?.delete(key);
    },
  });
}

async function isLeft(
  kubernetes: ControllerCluster,
  key: string,
): Promise<boolean> {
  const ref = refOfKey(selector, key);
  if (await kubernetes.get(ref)) return true;
  const left = await kubernetes.list({ ...claims, namespace: ref.namespace });
  // Claims are named `<template>-<StatefulSet>-<ordinal>`.
  const ofRing = new RegExp(`-${ref.name}-\\d+$`);
  return left.some(({ metadata }) => ofRing.test(metadata.name));
}
