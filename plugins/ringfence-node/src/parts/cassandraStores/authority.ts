import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { splitPem } from '@ringfence/connection/dial';

/** The two keys of a Secret of type `kubernetes.io/tls`. */
export interface AuthorityPems {
  /** The CA, and those above it up to its root. */
  readonly certificatePem: string;
  /** The key of the first certificate. Secret. */
  readonly keyPem: string;
}

/** Why a CA cannot be used; each with a sentence on what would be right. */
export const AUTHORITY_PROBLEMS = {
  NoCertificate: 'tls.crt must hold the certificate of a CA in PEM',
  NoKey: 'tls.key must hold the key of the CA in PEM, without a password',
  KeyMismatch: 'tls.key must be the key of the first certificate in tls.crt',
  NotAnAuthority:
    'The first certificate in tls.crt must be one of a CA that may sign: basicConstraints CA:TRUE, and keyUsage keyCertSign where it says keyUsage',
  NotYetValid: 'The CA must be valid now',
  Expired: 'The CA must be valid now',
  EndsTooSoon:
    'The CA must outlive the certificates that it signs: bring one that is valid for longer, or ask for a shorter certificate.duration',
  BrokenChain: 'Each certificate in tls.crt must be signed by the next one',
  NoRoot:
    'The last certificate in tls.crt must be a root, signed by itself: clients verify up to it',
} as const;

/** A reason of {@link AUTHORITY_PROBLEMS}. */
export type AuthorityProblem = keyof typeof AUTHORITY_PROBLEMS;

/** Whether a CA can sign; never anything of its key. */
export type AuthorityAnswer =
  | { readonly usable: true; readonly subject: string; readonly notAfter: Date }
  | {
      readonly usable: false;
      readonly reason: AuthorityProblem;
      /** Such as `it is for CN=web, which is no CA`. */
      readonly why: string;
    };

/**
 * Whether a CA that somebody brings can sign the certificates of a database.
 * Pure: the clock is an argument.
 *
 * @param leafDurationMs - how long what it signs is valid
 */
export function checkAuthority(
  { certificatePem, keyPem }: AuthorityPems,
  { now, leafDurationMs }: { now: Date; leafDurationMs: number },
): AuthorityAnswer {
  const chain = readChain(certificatePem);
  if (!chain) return refused('NoCertificate', 'tls.crt holds none');
  const key = readKey(keyPem);
  if (!key) return refused('NoKey', 'tls.key holds none that can be read');
  const [authority] = chain;
  const subject = oneLine(authority.subject);
  const notAfter = new Date(authority.validTo);
  if (!authority.checkPrivateKey(key)) {
    return refused('KeyMismatch', `it is not the key of "${subject}"`);
  }
  if (!authority.ca) {
    return refused('NotAnAuthority', `"${subject}" may not sign certificates`);
  }
  return (
    datesProblem(chain, now, leafDurationMs) ??
    chainProblem(chain) ?? { usable: true, subject, notAfter }
  );
}

function refused(reason: AuthorityProblem, why: string): AuthorityAnswer {
  return { usable: false, reason, why };
}

function readChain(pem: string) {
  try {
    const chain = splitPem(pem).map(block => new X509Certificate(block));
    return chain.length > 0 ? chain : undefined;
  } catch {
    return undefined;
  }
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // The words of OpenSSL may quote what they could not read.
    return undefined;
  }
}

function datesProblem(
  chain: readonly X509Certificate[],
  now: Date,
  leafDurationMs: number,
): AuthorityAnswer | undefined {
  for (const certificate of chain) {
    const subject = oneLine(certificate.subject);
    const [from, to] = [certificate.validFrom, certificate.validTo].map(
      text => new Date(text),
    );
    if (to <= now) {
      return refused('Expired', `"${subject}" expired ${to.toISOString()}`);
    }
    if (from > now) {
      return refused(
        'NotYetValid',
        `"${subject}" is valid from ${from.toISOString()}`,
      );
    }
    if (to.getTime() - now.getTime() < leafDurationMs) {
      return refused(
        'EndsTooSoon',
        `"${subject}" ends ${to.toISOString()}, before what it would sign`,
      );
    }
  }
  return undefined;
}

function chainProblem(
  chain: readonly X509Certificate[],
): AuthorityAnswer | undefined {
  const broken = chain.findIndex(
    (certificate, i) => chain[i + 1] && !isSignedBy(certificate, chain[i + 1]),
  );
  if (broken !== -1) {
    const [below, above] = chain
      .slice(broken)
      .map(({ subject }) => oneLine(subject));
    return refused('BrokenChain', `"${above}" did not sign "${below}"`);
  }
  const last = chain[chain.length - 1];
  return isSignedBy(last, last)
    ? undefined
    : refused('NoRoot', `"${oneLine(last.subject)}" is signed by another CA`);
}

function isSignedBy(certificate: X509Certificate, by: X509Certificate) {
  return certificate.checkIssued(by) && certificate.verify(by.publicKey);
}

function oneLine(subject: string | undefined): string {
  return (subject ?? '').split('\n').join(', ');
}
