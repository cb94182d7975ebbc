import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import {
  encryptedSides,
  note,
  noteNodes,
  notePodMonitors,
  requireCertManager,
  requireServed,
  requireStorageClass,
  storeRequirements,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { DATACENTER_API } from './datacenter';
import type { CassandraKeystoresSpec } from './spec';

/** What this blueprint needs, and what a person should know before it runs. */
export function cassandraKeystoresRequirements(
  spec: CassandraKeystoresSpec,
  platform: Platform,
): Requirement[] {
  return [
    requireServed('cass-operator', DATACENTER_API, platform, {
      text: 'Install cass-operator, and let it watch all namespaces',
      command:
        'helm install cass-operator k8ssandra/cass-operator -n cass-operator --create-namespace --set global.clusterScoped=true',
    }),
    ...(encryptedSides(spec).length > 0 ? [requireCertManager(platform)] : []),
    ...storeRequirements(spec, platform),
    ...requireStorageClass(spec.storage, platform),
    ...nodesRequirements(spec, platform),
    ...notePodMonitors(spec, platform),
  ];
}

function nodesRequirements(
  spec: CassandraKeystoresSpec,
  platform: Platform,
): Requirement[] {
  const nodes = noteNodes(spec.replicas, platform);
  if (spec.profile === 'dev' || spec.replicas >= 3) return [nodes];
  return [
    nodes,
    note(
      'Quorum',
      {
        met: false,
        message: `${spec.replicas} replicas survive the loss of none: reads and writes at quorum stop, and a CA cannot be rotated without downtime`,
        remedy: { text: 'Ask for 3 replicas or more' },
      },
      'replicas',
    ),
  ];
}
