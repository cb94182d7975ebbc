import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { splitPem } from '@ringfence/connection/dial';

/**
 * The certificates of a PEM text, in its order: the leaf first in a Secret's `tls.crt`.
 *
 * @returns an empty list where the text holds none that can be read
 */
export function readCertificates(pem: string | undefined): X509Certificate[] {
  return splitPem(pem ?? '').flatMap(block => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/** When a certificate begins to be valid. */
export function notBefore(certificate: X509Certificate): Date {
  return new Date(certificate.validFrom);
}

/** When a certificate ends to be valid. */
export function notAfter(certificate: X509Certificate): Date {
  return new Date(certificate.validTo);
}

/**
 * Whether a certificate's subject alternative names hold this host name or
 * address. The common name is left out, as clients leave it out.
 */
export function covers(certificate: X509Certificate, name: string): boolean {
  if (isIP(name)) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}

/** The subject alternative names as text, without their type: `a.example`, `127.0.0.1`. */
export function alternativeNames(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .filter(Boolean)
    .map(entry => entry.replace(/^[^:]+:/, ''));
}

/** "CN=orders CA", on one line. */
export function subjectText(certificate: X509Certificate): string {
  return (certificate.subject ?? '').split('\n').join(', ');
}
