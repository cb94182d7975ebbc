import type { X509Certificate } from 'node:crypto';
import type {
  CertificateFacts,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { notAfter, notBefore, readCertificates } from './x509';

/** When a certificate is valid, and when it renews itself. */
export interface CertificateTimes {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly renewalTime?: Date;
}

/**
 * cert-manager renews within seconds of the time it announces; what is later
 * by this much is stuck.
 */
const RENEWAL_GRACE_MS = 5 * 60_000;

/** Below this part of its lifetime a certificate leaves too little time to mend a renewal that fails. */
const LAST_PART_OF_LIFETIME = 0.1;

/** The certificate in the Secret, which is what is used, whatever the Certificate's status says. */
export function issuedCertificate(
  facts: CertificateFacts,
): X509Certificate | undefined {
  if (!facts.secret.known || !facts.secret.value) return undefined;
  return readCertificates(facts.secret.value.certificatePem)[0];
}

/** The dates of the Secret's certificate, or where it cannot be read those that cert-manager tells. */
export function certificateTimes(facts: CertificateFacts): CertificateTimes {
  const issued = issuedCertificate(facts);
  const status = facts.certificate.known
    ? facts.certificate.value?.status
    : undefined;
  return {
    notBefore: issued ? notBefore(issued) : readTime(status?.notBefore),
    notAfter: issued ? notAfter(issued) : readTime(status?.notAfter),
    renewalTime: readTime(status?.renewalTime),
  };
}

/** What is no time is left out: somebody else may have written it. */
function readTime(text: string | undefined): Date | undefined {
  const time = new Date(text ?? NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Whether a certificate is no longer valid. */
export function isExpired(times: CertificateTimes, now: Date): boolean {
  return times.notAfter !== undefined && times.notAfter <= now;
}

/** Whether a certificate should have been renewed by now and was not. */
export function renewalOverdue(times: CertificateTimes, now: Date): boolean {
  return (
    times.renewalTime !== undefined &&
    now.getTime() - times.renewalTime.getTime() > RENEWAL_GRACE_MS
  );
}

/** Whether a certificate is in the last tenth of its lifetime. */
export function expiresSoon(times: CertificateTimes, now: Date): boolean {
  if (!times.notBefore || !times.notAfter) return false;
  const lifetimeMs = times.notAfter.getTime() - times.notBefore.getTime();
  const leftMs = times.notAfter.getTime() - now.getTime();
  return leftMs > 0 && leftMs < lifetimeMs * LAST_PART_OF_LIFETIME;
}

/** The certificate that the gateway serves. */
export function serviceCertificate(facts: Facts): CertificateFacts | undefined {
  return facts.certificates.find(({ purpose }) => purpose === 'service');
}

/** The database's own CAs; two while one takes the other's place, the newer one last. */
export function caCertificates(facts: Facts): CertificateFacts[] {
  return facts.certificates.filter(({ purpose }) => purpose === 'ca');
}

/**
 * The database's own CA that clients trust, the newest where there are two;
 * absent where another issuer signs. Nodes may have one among themselves, which
 * no client knows.
 */
export function caCertificate(facts: Facts): CertificateFacts | undefined {
  const own = caCertificates(facts);
  const { furtherCaSecrets = [] } = facts.access;
  const further = own.filter(({ name }) => furtherCaSecrets.includes(name));
  if (further.length > 0) return further.at(-1);
  const asked = askedIssuer(serviceCertificate(facts));
  return asked ? own.find(({ name }) => name === asked) : own.at(-1);
}

/**
 * The database's own CA that signs a certificate: another one than clients
 * trust, where it asks for that, as those of nodes among themselves do.
 */
export function caCertificateOf(
  facts: Facts,
  leaf: CertificateFacts,
): CertificateFacts | undefined {
  const asked = askedIssuer(leaf);
  const other =
    asked !== askedIssuer(serviceCertificate(facts)) &&
    caCertificates(facts).find(({ name }) => name === asked);
  return other || caCertificate(facts);
}

function askedIssuer(
  certificate: CertificateFacts | undefined,
): string | undefined {
  const asked = certificate?.certificate;
  return asked?.known ? asked.value?.spec?.issuerRef?.name : undefined;
}

/** The database's own CA that a certificate asks for: nodes may have another among themselves than clients. */
export function authorityAsked(
  facts: Facts,
  { certificate }: CertificateFacts,
): CertificateFacts | undefined {
  const asked = certificate.known && certificate.value?.spec?.issuerRef?.name;
  return caCertificates(facts).find(({ name }) => name === asked);
}
