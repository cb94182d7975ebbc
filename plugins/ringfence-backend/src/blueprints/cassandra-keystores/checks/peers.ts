import type { X509Certificate } from 'node:crypto';
import {
  encryptedSides,
  STORE_SIDES,
  storeNames,
  type CertificateFacts,
  type Check,
  type CheckResult,
  type Facts,
  type Stored,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from '../../../checks/results';
import { readCertificates, subjectText } from '../../../checks/x509';

type Seen = Extract<CertificateFacts['secret'], { known: true }>;

/**
 * Whether a certificate of a client could pass for one of a node: two issuers of
 * different names may sign with one CA, which their names do not say.
 */
export const certificatePeers = (spec: Stored): Check => ({
  id: 'certificate.peers',
  title: 'No certificate of a client passes for one of a node',
  category: 'certificate',
  reasons: {
    Separate: 'Clients and nodes have certificates of different CAs.',
    OneCa:
      'One CA signs for clients and for nodes: whoever has a client certificate is taken for a node, and can read and write everything.',
    NoCa: 'The Secret of a certificate does not say which CA signed it.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run: facts => (encryptedSides(spec).length < 2 ? [] : [judge(spec, facts)]),
});

function judge(spec: Stored, facts: Facts): CheckResult {
  const signers: X509Certificate[][] = [];
  const seen: Seen[] = [];
  for (const side of STORE_SIDES) {
    const name = storeNames.certificate(spec, side);
    const found = facts.certificates.find(it => it.name === name)?.secret;
    if (found && !found.known) return notLooked(`Secret "${name}"`, found);
    const authorities = readCertificates(found?.value?.caPem);
    if (!found || authorities.length === 0) return nameless(name, spec);
    signers.push(authorities);
    seen.push(found);
  }
  const [client, internode] = signers;
  const shared = client.find(authority =>
    internode.some(it => it.publicKey.equals(authority.publicKey)),
  );
  return seenAt(shared ? oneCa(shared) : separate(), ...seen);
}

function separate(): CheckResult {
  return ok('Separate', 'Clients and nodes have certificates of different CAs');
}

function oneCa(authority: X509Certificate): CheckResult {
  return failing(
    'OneCa',
    `CA "${subjectText(
      authority,
    )}" signs for clients and for nodes: whoever has a client certificate could pass for a node`,
    { sha256: authority.fingerprint256 },
    {
      text: 'Make a new database with another issuer in tls.internode, since that of a ring cannot change. Until then let nothing but its nodes reach port 7000.',
    },
  );
}

/** Of a side whose certificate, in the Secret of this name, came without a CA. */
export function nameless(name: string, { namespace }: Stored): CheckResult {
  return unknown(
    'NoCa',
    `Secret "${namespace}/${name}" does not say which CA signed its certificate`,
    {
      text: 'See what cert-manager says of it.',
      command: `kubectl describe certificate ${name} -n ${namespace}`,
    },
  );
}
