import type { X509Certificate } from 'node:crypto';
import type {
  CertificateFacts,
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  caCertificate,
  caCertificates,
  issuedCertificate,
} from './certificateFacts';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from './results';
import { durationText } from './words';
import { isSignedBy, notAfter, readCertificates } from './x509';

/** Whether the CA that clients have keeps verifying the certificates under it. */
export const certificateAuthority: Check = {
  id: 'certificate.authority',
  title: 'The CA outlives what it signed',
  category: 'certificate',
  reasons: {
    Outlives: 'The certificate is signed by the present CA and ends before it.',
    EndsFirst:
      'The CA ends before the certificate that it signed: clients will refuse it while it looks valid.',
    SignedByAnother:
      'The certificate was not signed by the present CA: cert-manager does not reissue certificates when their CA is rotated.',
    NothingToCompare: 'The CA or the certificate has not been issued yet.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run: facts =>
    facts.certificates
      .filter(({ purpose }) => purpose !== 'ca')
      .map(leaf => judge(facts, leaf)),
};

function judge(facts: Facts, leafFacts: CertificateFacts): CheckResult {
  const ca = authorityOf(facts, leafFacts);
  const unlooked = [leafFacts.secret, ca?.secret].find(
    fact => fact && !fact.known,
  );
  if (unlooked && !unlooked.known) {
    return notLooked(`The certificate "${leafFacts.name}" or its CA`, unlooked);
  }
  const leaf = issuedCertificate(leafFacts);
  const authority = ca ? issuedCertificate(ca) : caOfSecret(leafFacts);
  if (!leaf || !authority) {
    return unknown(
      'NothingToCompare',
      `Certificate "${leafFacts.name}" and its CA cannot be compared: one of them is not there`,
      {
        text: "An issuer that leaves no ca.crt in the Secret, such as ACME, is trusted by the clients' own CA list.",
      },
    );
  }
  const result = compare(facts, leafFacts.name, leaf, {
    authority,
    isOwn: ca !== undefined,
  });
  return seenAt(result, leafFacts.secret, ...(ca ? [ca.secret] : []));
}

/** The one that signed it; where none did, the one that clients are to trust from now on. */
function authorityOf(
  facts: Facts,
  leafFacts: CertificateFacts,
): CertificateFacts | undefined {
  if (isSignedElsewhere(facts, leafFacts)) return undefined;
  const leaf = leafFacts.secret.known && issuedCertificate(leafFacts);
  const signing = caCertificates(facts).find(ca => {
    const authority = ca.secret.known && issuedCertificate(ca);
    return leaf && authority && isSignedBy(leaf, authority);
  });
  return signing ?? caCertificate(facts);
}

/** Whether a Certificate asks an issuer that is none of the database's own CAs. */
function isSignedElsewhere(
  facts: Facts,
  { certificate }: CertificateFacts,
): boolean {
  const asked = certificate.known && certificate.value?.spec?.issuerRef;
  if (!asked) return false;
  return (
    asked.kind === 'ClusterIssuer' ||
    !caCertificates(facts).some(({ name }) => name === asked.name)
  );
}

function caOfSecret(facts: CertificateFacts): X509Certificate | undefined {
  if (!facts.secret.known) return undefined;
  return readCertificates(facts.secret.value?.caPem)[0];
}

function compare(
  facts: Facts,
  name: string,
  leaf: X509Certificate,
  { authority, isOwn }: { authority: X509Certificate; isOwn: boolean },
): CheckResult {
  const evidence = {
    caNotAfter: notAfter(authority).toISOString(),
    notAfter: notAfter(leaf).toISOString(),
    caSha256: authority.fingerprint256,
  };
  const remedy = {
    text: 'Press "Renew now" for the certificate once the CA is right, and hand out new bundles.',
    command: `cmctl renew ${name} -n ${facts.database.namespace}`,
  };
  // An issuer outside of the namespace may sign through intermediates, so only
  // the database's own CA can be asked whether it signed.
  if (isOwn && !isSignedBy(leaf, authority)) {
    return failing(
      'SignedByAnother',
      `Certificate "${name}" was not signed by the present CA`,
      evidence,
      remedy,
    );
  }
  const marginMs = notAfter(authority).getTime() - notAfter(leaf).getTime();
  if (marginMs < 0) {
    return warning(
      'EndsFirst',
      `The CA ends ${durationText(marginMs)} before Certificate "${name}"`,
      evidence,
      {
        text: 'Press "Renew now" for the CA, then for the certificate, and hand out new bundles.',
        command: remedy.command,
      },
    );
  }
  return ok(
    'Outlives',
    `The CA outlives Certificate "${name}" by ${durationText(marginMs)}`,
    evidence,
  );
}
