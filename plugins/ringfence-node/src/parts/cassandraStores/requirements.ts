import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import { requireIssuer } from '../requirements';
import { note, required, unmet } from '../requirements/answers';
import { encryptedSides, type Stored, type StoreSide } from './names';

/** What stores of nodes need of their issuers, and what a person should know of them. */
export function storeRequirements(
  spec: Stored,
  platform: Platform,
): Requirement[] {
  return [
    ...encryptedSides(spec).flatMap(side =>
      issuerRequirements(spec, side, platform),
    ),
    ...separateIssuers(spec),
    ...plaintextNotes(spec),
  ];
}

function issuerRequirements(
  spec: Stored,
  side: StoreSide,
  platform: Platform,
): Requirement[] {
  const { issuer } = spec.tls[side];
  const field = `tls.${side}.issuer`;
  if (issuer.kind === 'self-signed') return [];
  if (issuer.kind !== 'bring-your-own') {
    return [
      ...requireIssuer(issuer, spec.namespace, platform, field),
      ...(side === 'internode' ? [peersNote(issuer, field)] : []),
    ];
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

/** A CA that signs for others, too, lets them pass for nodes. */
function peersNote(
  { kind, name }: { readonly kind: string; readonly name: string },
  field: string,
): Requirement {
  return note(
    'CA of nodes',
    unmet(
      `Whoever has a certificate of ${kind} "${name}" can pass for a node: nodes ask a peer for nothing but their CA`,
      'Choose an issuer that signs for these nodes alone, such as self-signed',
    ),
    field,
  );
}

/** With one CA for both, whoever has a client certificate has one that nodes take for a peer's. */
function separateIssuers({ tls }: Stored): Requirement[] {
  const { client, internode } = tls;
  const isShared =
    client.enabled &&
    internode.enabled &&
    client.issuer.kind !== 'self-signed' &&
    JSON.stringify(client.issuer) === JSON.stringify(internode.issuer);
  if (!isShared) return [];
  return [
    required(
      'Separate CAs',
      unmet(
        'One CA would sign for clients and for nodes: whoever has a client certificate could pass for a node, and read and write everything',
        'Choose another issuer for tls.internode, such as self-signed',
      ),
      'tls.internode.issuer',
    ),
  ];
}

function plaintextNotes({ tls }: Stored): Requirement[] {
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
