import type { X509Certificate } from 'node:crypto';
import type {
  CertificateFacts,
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { caCertificateOf, issuedCertificate } from './certificateFacts';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { count } from './words';
import { isSignedBy, readCertificates, subjectText } from './x509';

/** Whether what bundles carry verifies the certificates. */
export const certificateChain: Check = {
  id: 'certificate.chain',
  title: 'The chain leads to the CA that bundles carry',
  category: 'certificate',
  reasons: {
    Verifies:
      'Each certificate is signed by the next, up to a CA out of ca.crt, which bundles carry.',
    DoesNotVerify:
      'No CA out of ca.crt signed the certificate or its intermediates: whoever trusts the bundle refuses the gateway.',
    CarriesOldCa:
      'The chain verifies, but ca.crt is not the present CA: bundles carry the one before, which ends earlier.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run: facts =>
    facts.certificates
      .filter(({ purpose }) => purpose !== 'ca')
      .flatMap(leaf => judge(facts, leaf)),
};

/** Where nothing is issued or no CA is carried, certificate.valid and certificate.authority say so. */
function judge(facts: Facts, leaf: CertificateFacts): CheckResult[] {
  const { secret } = leaf;
  if (!secret.known) {
    return [notLooked(`The Secret of Certificate "${leaf.name}"`, secret)];
  }
  const chain = readCertificates(secret.value?.certificatePem);
  const roots = readCertificates(secret.value?.caPem);
  if (chain.length === 0 || roots.length === 0) return [];
  const result = verifies(chain, roots)
    ? carried(facts, leaf, chain, roots)
    : doesNotVerify(facts, leaf.name, chain, roots);
  return [seenAt(result, secret)];
}

/** Up to a root, by way of the intermediates that came along, in their order. */
function verifies(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): boolean {
  for (const [index, certificate] of chain.entries()) {
    if (roots.some(root => root.ca && isSignedBy(certificate, root))) {
      return true;
    }
    const next = chain[index + 1];
    if (!next?.ca || !isSignedBy(certificate, next)) return false;
  }
  return false;
}

function doesNotVerify(
  facts: Facts,
  name: string,
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): CheckResult {
  return failing(
    'DoesNotVerify',
    `Certificate "${name}" does not lead to the CA that bundles carry`,
    evidenceOf(chain, roots),
    renewal(facts, name),
  );
}

function carried(
  facts: Facts,
  leaf: CertificateFacts,
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): CheckResult {
  const { name } = leaf;
  const evidence = evidenceOf(chain, roots);
  const own = caCertificateOf(facts, leaf);
  const present = own && issuedCertificate(own);
  const isPresent = roots.some(
    ({ fingerprint256 }) => fingerprint256 === present?.fingerprint256,
  );
  if (present && !isPresent) {
    return warning(
      'CarriesOldCa',
      `Bundles carry a CA that is not the present one any more, beside Certificate "${name}"`,
      { ...evidence, presentCaSha256: present.fingerprint256 },
      renewal(facts, name),
    );
  }
  return ok(
    'Verifies',
    `Certificate "${name}" leads to the CA that bundles carry, over ${count(
      chain.length,
      'certificate',
    )}`,
    evidence,
  );
}

function evidenceOf(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
) {
  return {
    chain: chain.map(subjectText),
    ca: roots.map(subjectText),
    caSha256: roots.map(({ fingerprint256 }) => fingerprint256),
  };
}

function renewal(facts: Facts, name: string) {
  return {
    text: 'Press "Renew now" for the certificate: it is issued by the present CA, and its Secret carries that CA. Then hand out new bundles.',
    command: `cmctl renew ${name} -n ${facts.database.namespace}`,
  };
}
