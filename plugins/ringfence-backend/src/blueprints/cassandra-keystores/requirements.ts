import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import {
  encryptedSides,
  note,
  noteNodes,
  notePodMonitors,
  requireCertManager,
  requireIssuer,
  requireServed,
  requireStorageClass,
  type Platform,
  type StoreSide,
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
    ...encryptedSides(spec).flatMap(side =>
      issuerRequirements(spec, side, platform),
    ),
    ...requireStorageClass(spec.storage, platform),
    ...nodesRequirements(spec, platform),
    ...notePodMonitors(spec, platform),
    ...plaintextNotes(spec),
    ...sharedIssuerNote(spec),
  ];
}

function issuerRequirements(
  spec: CassandraKeystoresSpec,
  side: StoreSide,
  platform: Platform,
): Requirement[] {
  const { issuer } = spec.tls[side];
  const field = `tls.${side}.issuer`;
  if (issuer.kind === 'self-signed') return [];
  if (issuer.kind !== 'bring-your-own') {
    return requireIssuer(issuer, spec.namespace, platform, field);
  }
  return [
    note(
      'CA',
      {
        met: false,
        message: `Secret "${spec.namespace}/${issuer.secret}" is looked at before anything but its namespace is made: a CA, its key, unexpired, able to sign`,
        remedy: {
          text: 'Put it there when it is asked for',
          command: `kubectl create secret tls ${issuer.secret} -n ${spec.namespace} --cert=ca-with-chain.crt --key=ca.key`,
        },
      },
      field,
    ),
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

function plaintextNotes({ tls }: CassandraKeystoresSpec): Requirement[] {
  const notes = {
    client:
      'Clients send passwords and data in plaintext, and no way in is told to anybody: it will be reported as failing',
    internode:
      'Nodes send data to each other in plaintext, and take whoever says to be one: it will be reported as failing',
  };
  return (['client', 'internode'] as const)
    .filter(side => !tls[side].enabled)
    .map(side =>
      note(
        'Plaintext',
        {
          met: false,
          message: notes[side],
          remedy: { text: `Set tls.${side}.enabled to true` },
        },
        `tls.${side}.enabled`,
      ),
    );
}

/** With one CA for both, whoever has a client certificate has one that nodes take for a peer's. */
function sharedIssuerNote({ tls }: CassandraKeystoresSpec): Requirement[] {
  const { client, internode } = tls;
  const isShared =
    client.enabled &&
    internode.enabled &&
    client.issuer.kind !== 'self-signed' &&
    JSON.stringify(client.issuer) === JSON.stringify(internode.issuer);
  if (!isShared) return [];
  return [
    note(
      'One CA for both',
      {
        met: false,
        message:
          'One CA signs for clients and for nodes: whoever has a client certificate could pass for a node',
        remedy: { text: 'Choose another issuer for tls.internode' },
      },
      'tls.internode.issuer',
    ),
  ];
}
