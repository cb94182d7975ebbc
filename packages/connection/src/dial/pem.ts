import { X509Certificate } from 'node:crypto';

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, each in PEM of its own and in their order;
 * what else the text holds is left out.
 */
export function splitPem(pem: string): string[] {
  return (pem.match(CERTIFICATE) ?? []).map(block => `${block}\n`);
}

/**
 * SHA-256 of each certificate of a PEM text: upper-case hex pairs joined by
 * ":", as `connection.json` has them.
 *
 * @throws where a block is not a certificate
 */
export function fingerprintsOf(pem: string): string[] {
  return splitPem(pem).map(block => new X509Certificate(block).fingerprint256);
}
