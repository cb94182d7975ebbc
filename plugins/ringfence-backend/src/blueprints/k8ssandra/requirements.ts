import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import {
  encryptedSides,
  requireCertManager,
  requireServed,
  requireStorageClass,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { OPERATOR_KINDS } from './names';
import type { K8ssandraSpec } from './spec';

const INSTALL = {
  text: 'Install k8ssandra-operator 1.32 or later, with cass-operator, and let it watch all namespaces',
  command:
    'helm repo add k8ssandra https://helm.k8ssandra.io/stable; helm upgrade --install k8ssandra-operator k8ssandra/k8ssandra-operator -n k8ssandra-operator --create-namespace --set global.clusterScoped=true',
};

/** What this blueprint needs, and what a person should know before it runs. */
export function k8ssandraRequirements(
  spec: K8ssandraSpec,
  platform: Platform,
): Requirement[] {
  return [
    requireServed(
      'k8ssandra-operator',
      OPERATOR_KINDS.cluster,
      platform,
      INSTALL,
    ),
    requireServed(
      'cass-operator',
      OPERATOR_KINDS.datacenter,
      platform,
      INSTALL,
    ),
    ...(encryptedSides(spec).length > 0 ? [requireCertManager(platform)] : []),
    ...requireStorageClass(spec.storage, platform),
  ];
}
