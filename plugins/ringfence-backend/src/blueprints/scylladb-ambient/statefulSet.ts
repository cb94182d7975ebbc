import {
  commonLabels,
  names,
  podSelector,
  type IStatefulSet,
  type Observed,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION } from './application';
import { podSpec } from './pod';
import { settingsHash } from './settings';
import type { ScylladbAmbientSpec } from './spec';
import { releaseLineOf } from './versions';

/** Of the volume that holds a node's data. */
export const DATA_VOLUME = 'data';

/** The nodes of the ring. */
export function statefulSet(
  spec: ScylladbAmbientSpec,
  observed: Observed,
): IStatefulSet {
  const labels = {
    ...commonLabels(spec, APPLICATION),
    ...podSelector(spec, APPLICATION),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: names.ring(spec), namespace: spec.namespace, labels },
    spec: {
      serviceName: names.ring(spec),
      replicas: spec.replicas,
      selector: { matchLabels: podSelector(spec, APPLICATION) },
      // Nodes that join at once are taken in one by one by the ring itself
      // (Raft topology, since 2025.1). And after an outage of all nodes none is
      // ready before a majority runs: started in order, the first would wait
      // forever. Updates still go one pod at a time.
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
      },
      template: {
        metadata: { labels, annotations: podAnnotations(spec, observed) },
        spec: podSpec(spec),
      },
      volumeClaimTemplates: [volumeClaim(spec)],
    },
  };
}

/** What rolls the pods when it changes. */
function podAnnotations(
  spec: ScylladbAmbientSpec,
  { secretHashes }: Observed,
): Record<string, string> {
  const annotations = { 'ringfence.dev/settings-hash': settingsHash(spec) };
  // Earlier releases read no Secret: their logins are made over CQL.
  if (releaseLineOf(spec.version).makesPublicSuperuser) return annotations;
  const hash = secretHashes[names.superuserSecret(spec)];
  return hash
    ? { ...annotations, 'ringfence.dev/secret-hash': hash }
    : annotations;
}

function volumeClaim(spec: ScylladbAmbientSpec) {
  return {
    apiVersion: 'v1' as const,
    kind: 'PersistentVolumeClaim' as const,
    metadata: {
      name: DATA_VOLUME,
      labels: commonLabels(spec, APPLICATION),
    },
    spec: {
      accessModes: ['ReadWriteOnce' as const],
      storageClassName: spec.storage.className,
      resources: { requests: { storage: spec.storage.size } },
    },
  };
}
