import type { X509Certificate } from 'node:crypto';
import {
  authoritySecrets,
  encryptedSides,
  storeNames,
  type Check,
  type CheckResult,
  type Facts,
  type NamedStoreFacts,
  type StoreSide,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from '../../../checks/results';
import { list } from '../../../checks/words';
import { readCertificates, subjectText } from '../../../checks/x509';
import { nameless } from '../../cassandra-keystores/checks/peers';
import type { K8ssandraSpec } from '../spec';

/**
 * Whether a truststore trusts more than the CAs of its side: whoever can write
 * into the Secret could let in whom another CA vouches for, and nothing else in
 * the report would show it.
 */
export const certificateStoreTrust = (spec: K8ssandraSpec): Check => ({
  id: 'certificate.store-trust',
  title: 'Truststores hold the CAs of their side and no other',
  category: 'certificate',
  reasons: {
    NoOther: 'Every CA in the truststore is one that signs for its side.',
    ForeignCa:
      'The truststore holds a CA that does not sign for its side: whoever has a certificate of that CA is let in.',
    NoCa: 'The Secret of the certificate does not say which CA signed it.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const { operator } = facts;
    // In a rotation a truststore may hold the CA that goes until the step is done.
    if (!operator || spec.authorities?.step) return [];
    const { stores } = operator;
    if (!stores.known) return notLooked('The stores', stores);
    return encryptedSides(spec).flatMap(side =>
      stores.value
        .filter(
          ({ ref, state }) => isTruststoreOf(side, ref) && state === 'open',
        )
        .map(store => seenAt(judge(spec, side, store, facts), stores)),
    );
  },
});

function isTruststoreOf(side: StoreSide, ref: NamedStoreFacts['ref']): boolean {
  return ref.side === side && ref.is === 'truststore';
}

function judge(
  spec: K8ssandraSpec,
  side: StoreSide,
  { ref, certificatesPem }: NamedStoreFacts,
  { certificates }: Facts,
): CheckResult {
  const leaf = storeNames.certificate(spec, side);
  const signing: X509Certificate[] = [];
  for (const name of [leaf, ...authoritySecrets(spec, side)]) {
    const found = certificates.find(it => it.name === name)?.secret;
    if (found && !found.known) return notLooked(`Secret "${name}"`, found);
    const { caPem, certificatePem } = found?.value ?? {};
    signing.push(...readCertificates(name === leaf ? caPem : certificatePem));
  }
  if (signing.length === 0) return nameless(leaf, spec);
  const foreign = readCertificates(certificatesPem).filter(
    held => !signing.some(it => it.publicKey.equals(held.publicKey)),
  );
  const evidence = { secret: ref.secret, key: ref.key };
  if (foreign.length === 0) {
    return ok('NoOther', `The ${ref.what} holds no other CA`, evidence);
  }
  return failing(
    'ForeignCa',
    `The ${ref.what} holds ${list(
      foreign.map(it => `"${subjectText(it)}"`),
    )}, which signs nothing for its side: whoever has a certificate of it is let in`,
    { ...evidence, sha256: list(foreign.map(it => it.fingerprint256)) },
    {
      text: 'Find out who wrote it. Then have cert-manager write the stores anew, and restart the nodes.',
      command: `cmctl renew ${leaf} -n ${spec.namespace}`,
    },
  );
}
