import {
  statefulSetsOf,
  type Check,
  type CheckResult,
  type Facts,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findCondition } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { topologyOf } from './topology';
import { count, list } from './words';

/** Whether every node has the volume that its data is on. */
export const ringVolumes: Check = {
  id: 'ring.volumes',
  title: 'Every node has its volume',
  category: 'ring',
  reasons: {
    Bound: 'Every pod that the spec asks for has a claim that is bound.',
    Missing: 'A claim does not exist: its node cannot start with its data.',
    Lost: 'The volume behind a claim is gone, and the data of its node with it.',
    BeingDeleted:
      'Somebody has deleted a claim: it goes, with its data, as soon as its pod stops.',
    NotBound: 'A claim waits for a volume.',
    Resizing: 'A volume is being made larger.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const { statefulSet, volumeClaims } = facts;
    if (!statefulSet.known) return notLooked('The StatefulSet', statefulSet);
    if (!volumeClaims.known) {
      return notLooked('The PersistentVolumeClaims', volumeClaims);
    }
    const names = wantedClaims(facts, statefulSet.value);
    if (names.length === 0) return [];
    const claims = new Map(
      volumeClaims.value.map(claim => [claim.metadata.name, claim]),
    );
    return seenAt(judge(facts, names, claims), statefulSet, volumeClaims);
  },
};

/** A StatefulSet names the claims of its pods `<template>-<set>-<ordinal>`. */
function wantedClaims(
  { observation }: Facts,
  statefulSet: KubernetesObject | undefined,
): string[] {
  const templates: ReadonlyArray<{ metadata?: { name?: string } }> =
    statefulSet?.spec?.volumeClaimTemplates ?? [];
  return templates.flatMap(({ metadata }) =>
    statefulSetsOf(observation).flatMap(({ name, replicas }) =>
      Array.from(
        { length: replicas },
        (_, ordinal) => `${metadata?.name}-${name}-${ordinal}`,
      ),
    ),
  );
}

/** What may be wrong with a claim, the worst first. */
const PROBLEMS: ReadonlyArray<{
  readonly reason: string;
  readonly text: string;
  /** In the words of the database, where they differ. */
  readonly remedy: string | Readonly<Record<'ring' | 'cluster', string>>;
  applies(claim: KubernetesObject | undefined): boolean;
}> = [
  {
    reason: 'Lost',
    text: 'has lost its volume',
    remedy: {
      ring: 'Delete claim and pod, so that the node starts empty and takes its data from the others; then remove the lost node from the ring (nodetool removenode).',
      cluster:
        'Delete claim and pod, so that the node starts empty and takes the backups that the others hold; then take the lost node out of the baseline (control.sh --baseline remove).',
    },
    applies: claim => claim?.status?.phase === 'Lost',
  },
  {
    reason: 'BeingDeleted',
    text: 'is being deleted',
    remedy: {
      ring: 'Do not restart its pod. Copy the data while the node runs, or let another node take it over (nodetool decommission).',
      cluster:
        'Do not restart its pod. See that every cache has a backup on another node (or copy the data) while the node runs.',
    },
    applies: claim => claim?.metadata.deletionTimestamp !== undefined,
  },
  {
    reason: 'Missing',
    text: 'does not exist',
    remedy:
      'See whether its pod has been made; the StatefulSet makes the claim with it.',
    applies: claim => claim === undefined,
  },
  {
    reason: 'NotBound',
    text: 'has no volume yet',
    remedy:
      'See what its provisioner says, and whether its StorageClass exists.',
    applies: claim => claim?.status?.phase !== 'Bound',
  },
];

function judge(
  facts: Facts,
  names: readonly string[],
  claims: ReadonlyMap<string, KubernetesObject>,
): CheckResult {
  const evidence = {
    claims: names.map(
      name => `${name} ${claims.get(name)?.status?.phase ?? 'missing'}`,
    ),
  };
  for (const { reason, text, remedy, applies } of PROBLEMS) {
    const found = names.filter(name => applies(claims.get(name)));
    if (found.length > 0) {
      return failing(reason, `${list(found)} ${text}`, evidence, {
        text: typeof remedy === 'string' ? remedy : remedy[topologyOf(facts)],
        command: `kubectl describe persistentvolumeclaim ${found[0]} -n ${facts.database.namespace}`,
      });
    }
  }
  const resizing = names.filter(name => isResizing(claims.get(name)));
  if (resizing.length > 0) {
    return warning(
      'Resizing',
      `${list(resizing)} ${
        resizing.length === 1 ? 'is' : 'are'
      } being made larger`,
      evidence,
      {
        text: 'Wait for it to end; some storage needs a restart of the pod, which the claim then says.',
        command: `kubectl describe persistentvolumeclaim ${resizing[0]} -n ${facts.database.namespace}`,
      },
    );
  }
  return ok('Bound', `${count(names.length, 'volume')} bound`, evidence);
}

function isResizing(claim: KubernetesObject | undefined): boolean {
  return ['Resizing', 'FileSystemResizePending'].some(
    type => findCondition(claim?.status, type)?.status === 'True',
  );
}
