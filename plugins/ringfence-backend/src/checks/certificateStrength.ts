import type { X509Certificate } from 'node:crypto';
import type {
  CertificateFacts,
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { issuedCertificate } from './certificateFacts';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from './results';
import { isSignedBy, keyText, signatureName } from './x509';

/** Below these, what clients use today refuses a key. @see https://cabforum.org/working-groups/server/baseline-requirements/ 6.1.5 */
const LEAST_RSA_BITS = 2048;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
const EDWARDS = ['ed25519', 'ed448'];

/** Whether keys and signatures are as strong as clients ask for. */
export const certificateStrength: Check = {
  id: 'certificate.strength',
  title: 'Keys and signatures are strong',
  category: 'certificate',
  reasons: {
    Strong:
      'The key is RSA of 2048 bits or more, ECDSA on P-256 or more, or Ed25519, and the signature uses SHA-2 or better.',
    WeakKey:
      'The key is too short, or of a kind that clients do not take any more.',
    WeakSignature:
      'The certificate is signed with MD5 or SHA-1, which can be forged and which clients refuse.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run: facts =>
    facts.certificates.flatMap(certificate => judge(facts, certificate)),
};

/** Where nothing is issued, certificate.valid says so. */
function judge(facts: Facts, certificate: CertificateFacts): CheckResult[] {
  const { name, secret } = certificate;
  if (!secret.known) {
    return [notLooked(`The Secret of Certificate "${name}"`, secret)];
  }
  const issued = issuedCertificate(certificate);
  if (!issued) return [];
  const evidence = { key: keyText(issued), signature: signatureName(issued) };
  const remedy = {
    text: 'Press "Repair drift", which puts its Certificate back, then press "Renew now". Of an issuer of somebody else, ask its owner.',
    command: `kubectl get certificate ${name} -n ${facts.database.namespace} -o yaml`,
  };
  const problems = [
    !isStrongKey(issued) &&
      failing(
        'WeakKey',
        `The key of Certificate "${name}" is weak: ${evidence.key}`,
        evidence,
        remedy,
      ),
    !isStrongSignature(issued) &&
      failing(
        'WeakSignature',
        `Certificate "${name}" is signed with ${evidence.signature}`,
        evidence,
        remedy,
      ),
  ].filter(result => result !== false);
  const results =
    problems.length > 0
      ? problems
      : [
          ok(
            'Strong',
            `Certificate "${name}" has a strong key (${evidence.key}) and signature (${evidence.signature})`,
            evidence,
          ),
        ];
  return results.map(result => seenAt(result, secret));
}

function isStrongKey({ publicKey }: X509Certificate): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === 'rsa' || type === 'rsa-pss') {
    return (details?.modulusLength ?? 0) >= LEAST_RSA_BITS;
  }
  if (type === 'ec') return CURVES.includes(details?.namedCurve ?? '');
  return EDWARDS.includes(type ?? '');
}

/** Nobody verifies the signature of a root: it is trusted as it is. */
function isStrongSignature(certificate: X509Certificate): boolean {
  return (
    !/md5|sha1\b/i.test(signatureName(certificate)) ||
    isSignedBy(certificate, certificate)
  );
}
