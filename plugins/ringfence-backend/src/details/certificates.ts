import type { X509Certificate } from 'node:crypto';
import type { CertificateDetails } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  CertificateFacts,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  certificateTimes,
  issuedCertificate,
} from '../checks/certificateFacts';
import { alternativeNames, subjectText } from '../checks/x509';

/** As people name the curves that X.509 knows by these names. */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** The certificates of a database with what stands in them. */
export function certificateDetails({
  certificates,
}: Facts): CertificateDetails[] {
  const issued = certificates.map(facts => ({
    facts,
    certificate: issuedCertificate(facts),
  }));
  const signerOf = (certificate: X509Certificate) =>
    issued.find(
      ({ certificate: signer }) => signer && isSignedBy(certificate, signer),
    )?.facts.name;
  return issued.map(({ facts, certificate }) => {
    const problem = certificate ? undefined : problemOf(facts);
    const issuedBy = certificate && signerOf(certificate);
    return {
      name: facts.name,
      purpose: facts.purpose,
      names: certificate ? alternativeNames(certificate) : [],
      ...(certificate && content(certificate)),
      ...(issuedBy && { issuedBy }),
      ...times(facts),
      ...(problem && { problem }),
    };
  });
}

function content(certificate: X509Certificate) {
  return {
    subject: subjectText(certificate),
    issuer: certificate.issuer.split('\n').join(', '),
    key: keyText(certificate),
    sha256: certificate.fingerprint256,
  };
}

function times(facts: CertificateFacts) {
  const { notBefore, notAfter, renewalTime } = certificateTimes(facts);
  return {
    ...(notBefore && { notBefore: notBefore.toISOString() }),
    ...(notAfter && { notAfter: notAfter.toISOString() }),
    ...(renewalTime && { renewalTime: renewalTime.toISOString() }),
  };
}

function isSignedBy(
  certificate: X509Certificate,
  signer: X509Certificate,
): boolean {
  return (
    certificate.checkIssued(signer) && certificate.verify(signer.publicKey)
  );
}

/** "ECDSA P-256", "RSA 3072", "ed25519". */
function keyText({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails } =
    publicKey;
  const { namedCurve, modulusLength } = asymmetricKeyDetails ?? {};
  if (namedCurve) return `ECDSA ${CURVES[namedCurve] ?? namedCurve}`;
  return modulusLength ? `${type.toUpperCase()} ${modulusLength}` : type;
}

function problemOf({ secret }: CertificateFacts): string {
  if (!secret.known) return secret.why;
  return secret.value
    ? 'Its Secret holds no certificate that can be read'
    : 'There is no Secret with it yet';
}
