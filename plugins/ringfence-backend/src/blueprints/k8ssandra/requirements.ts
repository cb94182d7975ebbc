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
  unmet,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { bucketSecretCommand, servesSchedules } from './medusa';
import { localDatacenters, OPERATOR_KINDS, remoteContexts } from './names';
import { replicateCommand } from './replication';
import type { K8ssandraSpec } from './spec';

/** The release whose objects were looked at. */
const OPERATOR_VERSION = '1.32';

const INSTALL = {
  text: `Install k8ssandra-operator ${OPERATOR_VERSION} or later, with cass-operator, and let it watch all namespaces`,
  command:
    'helm repo add k8ssandra https://helm.k8ssandra.io/stable; helm upgrade --install k8ssandra-operator k8ssandra/k8ssandra-operator -n k8ssandra-operator --create-namespace --set global.clusterScoped=true',
};

/** What this blueprint needs, and what a person should know before it runs. */
export function k8ssandraRequirements(
  spec: K8ssandraSpec,
  platform: Platform,
): Requirement[] {
  const { cluster, datacenter } = OPERATOR_KINDS;
  const isEncrypted = encryptedSides(spec).length > 0;
  return [
    requireServed('k8ssandra-operator', cluster, platform, INSTALL),
    requireServed('cass-operator', datacenter, platform, INSTALL),
    ...(isEncrypted ? [requireCertManager(platform)] : []),
    ...storeRequirements(spec, platform),
    ...requireStorageClass(spec.storage, platform),
    noteNodes(localNodes(spec), platform),
    ...quorumNotes(spec),
    ...notePodMonitors(spec, platform),
    ...contextRequirements(spec, platform),
    ...backupRequirements(spec, platform),
    ...(isEncrypted ? [passwordsNote(spec)] : []),
  ];
}

function localNodes(spec: K8ssandraSpec): number {
  return localDatacenters(spec).reduce((sum, dc) => sum + dc.replicas, 0);
}

function quorumNotes({ profile, datacenters }: K8ssandraSpec): Requirement[] {
  if (profile === 'dev') return [];
  return datacenters.flatMap(({ name, replicas }, index) =>
    replicas >= 3
      ? []
      : [
          note(
            'Quorum',
            unmet(
              `${replicas} nodes in datacenter "${name}" survive the loss of none: reads and writes at LOCAL_QUORUM stop, and a CA cannot be rotated without downtime`,
              'Ask for 3 or more',
            ),
            `datacenters[${index}].replicas`,
          ),
        ],
  );
}

/** With datacenters elsewhere: Ringfence speaks with this Kubernetes cluster alone, and the operator makes no namespaces. */
function contextRequirements(
  spec: K8ssandraSpec,
  platform: Platform,
): Requirement[] {
  const contexts = remoteContexts(spec);
  if (contexts.length === 0) return [];
  return [
    requireServed(
      'ReplicatedSecret',
      OPERATOR_KINDS.replicatedSecret,
      platform,
      {
        ...INSTALL,
        text: `${INSTALL.text}: it brings the stores to the other contexts`,
      },
    ),
    note(
      'Other contexts',
      unmet(
        `Of ${contexts.join(
          ', ',
        )} Ringfence sees nothing but what k8ssandra-operator says of it: the operator needs a ClientConfig of that name, the namespace must be there, and network policies there are yours`,
        'Make the namespace in each context before',
        contexts
          .map(
            context =>
              `kubectl --context ${context} create namespace ${spec.namespace}`,
          )
          .join('; '),
      ),
      'datacenters',
    ),
  ];
}

function backupRequirements(
  spec: K8ssandraSpec,
  platform: Platform,
): Requirement[] {
  const { enabled, storage } = spec.medusa;
  if (!enabled) return [];
  const schedules = servesSchedules(platform)
    ? []
    : [
        note(
          'Backup schedules',
          unmet(
            `Kubernetes cluster "${platform.kubernetesCluster}" does not serve MedusaBackupSchedule (${OPERATOR_KINDS.backupSchedule.apiVersion}): backups do not begin by themselves`,
            INSTALL.text,
            INSTALL.command,
          ),
          'medusa.schedule',
        ),
      ];
  const secret = storage?.secret;
  if (!secret) return schedules;
  const isFarther = remoteContexts(spec).length > 0;
  return [
    ...schedules,
    note(
      'Bucket',
      unmet(
        `Secret "${spec.namespace}/${secret}" with the login of the bucket is waited for once its namespace is made`,
        'Put it there when it is asked for',
        [
          bucketSecretCommand(spec, secret),
          ...(isFarther ? [replicateCommand(spec, secret)] : []),
        ].join('; '),
      ),
      'medusa.storage.secret',
    ),
  ];
}

/** Measured: see {@link OPERATOR_VERSION}. */
function passwordsNote({ namespace }: K8ssandraSpec): Requirement {
  return note(
    'Passwords of stores',
    unmet(
      `k8ssandra-operator copies the passwords of the stores in clear into CassandraDatacenters, StatefulSets and pods of "${namespace}": it will be reported`,
      'Let nobody read those kinds there who may not read the Secrets',
      `kubectl auth can-i get cassandradatacenters.cassandra.datastax.com -n ${namespace} --as=<who>`,
    ),
  );
}
