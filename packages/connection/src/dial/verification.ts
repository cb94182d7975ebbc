import { X509Certificate } from 'node:crypto';
import { DialError } from './DialError';
import { splitPem } from './pem';
import { hostPort, type DialTarget } from './target';

/**
 * Words for a verification that failed.
 *
 * @param code - of OpenSSL or Node, such as `CERT_HAS_EXPIRED`
 * @param leaf - the served certificate where it could be read
 */
export function verificationError(
  code: string,
  target: DialTarget,
  leaf: X509Certificate | undefined,
  cause?: unknown,
): DialError {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return nameMismatch(target, leaf, cause);
    case 'CERT_HAS_EXPIRED':
      return expired(target, leaf, cause);
    case 'CERT_NOT_YET_VALID':
      return notYetValid(target, leaf, cause);
    default:
      return unknownAuthority(code, target, leaf, cause);
  }
}

function nameMismatch(
  target: DialTarget,
  leaf: X509Certificate | undefined,
  cause: unknown,
): DialError {
  const names = leaf ? namesOf(leaf) : [];
  const known =
    names.length > 0 ? `is for ${names.join(', ')}` : 'has no names';
  return new DialError({
    step: 'name',
    code: 'NameMismatch',
    message: `Certificate of ${hostPort(
      target.host,
      target.port,
    )} ${known}, not for "${target.serverName}"`,
    remedy:
      'Dial one of these names, or add the name to the certificate (certificate.dnsNames or certificate.ipAddresses in the spec)',
    cause,
  });
}

/** DNS names and IP addresses that a certificate is for. */
export function namesOf(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .filter(name => name !== '')
    .map(name => name.replace(/^(DNS|IP Address):/, ''));
}

function expired(
  target: DialTarget,
  leaf: X509Certificate | undefined,
  cause: unknown,
): DialError {
  const place = hostPort(target.host, target.port);
  const ca = trusted(target).find(({ validTo }) => isPast(validTo));
  const leafExpired = leaf !== undefined && isPast(leaf.validTo);
  const message =
    ca && !leafExpired
      ? `CA "${nameOf(ca)}" for ${place} expired on ${day(ca.validTo)}`
      : `Certificate of ${place} expired${
          leaf ? ` on ${day(leaf.validTo)}` : ''
        }`;
  return new DialError({
    step: 'expiry',
    code: 'Expired',
    message,
    remedy:
      ca && !leafExpired
        ? 'Download a new bundle: the CA in this one is no longer valid'
        : 'Ask the owner of the database to renew it: kubectl describe certificate -A. Check the clock of this machine, too',
    cause,
  });
}

function notYetValid(
  target: DialTarget,
  leaf: X509Certificate | undefined,
  cause: unknown,
): DialError {
  const from = leaf ? ` before ${day(leaf.validFrom)}` : ' yet';
  return new DialError({
    step: 'expiry',
    code: 'NotYetValid',
    message: `Certificate of ${hostPort(
      target.host,
      target.port,
    )} is not valid${from}`,
    remedy: 'Check the clock of this machine',
    cause,
  });
}

function unknownAuthority(
  code: string,
  target: DialTarget,
  leaf: X509Certificate | undefined,
  cause: unknown,
): DialError {
  const names = trusted(target).map(ca => `"${nameOf(ca)}"`);
  const issuer = leaf ? ` (its issuer: "${commonName(leaf.issuer)}")` : '';
  return new DialError({
    step: 'chain',
    code: 'UnknownAuthority',
    message: `Certificate of ${hostPort(
      target.host,
      target.port,
    )}${issuer} was not issued by the CA to trust, ${names.join(
      ', ',
    )}: ${code}`,
    remedy:
      'Download a new bundle: the CA may have been replaced. If that does not help, somebody else answers at this address',
    cause,
  });
}

function trusted(target: DialTarget): X509Certificate[] {
  return splitPem(target.caPem).map(pem => new X509Certificate(pem));
}

function nameOf(certificate: X509Certificate): string {
  return commonName(certificate.subject);
}

/** The common name of a distinguished name, one attribute a line; the whole where it has none. */
function commonName(distinguishedName: string | undefined): string {
  const name = distinguishedName ?? '';
  return /^CN=(.*)$/m.exec(name)?.[1] ?? name.replace(/\n/g, ', ');
}

function isPast(date: string): boolean {
  return Date.parse(date) <= Date.now();
}

/** Such as 2026-08-05 10:12 UTC. */
function day(date: string): string {
  return `${new Date(date).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
