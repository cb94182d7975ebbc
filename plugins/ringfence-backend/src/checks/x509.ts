import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import * as asn1js from 'asn1js';
import { splitPem } from '@ringfence/connection/dial';

/**
 * Texts that were read lately, the oldest first: many checks of one report read
 * the same few, and each certificate takes memory that the garbage collector
 * does not see.
 */
const read = new Map<string, readonly X509Certificate[]>();
const MOST_READ = 32;

/**
 * The certificates of a PEM text, in its order: the leaf first in a Secret's `tls.crt`.
 *
 * @returns an empty list where the text holds none that can be read
 */
export function readCertificates(pem: string = ''): X509Certificate[] {
  const certificates = read.get(pem) ?? parseCertificates(pem);
  read.delete(pem);
  read.set(pem, certificates);
  if (read.size > MOST_READ) read.delete(read.keys().next().value!);
  return [...certificates];
}

function parseCertificates(pem: string): X509Certificate[] {
  return splitPem(pem).flatMap(block => {
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

/** Whether one certificate signed another: names may match where the key is another, so both are asked. */
export function isSignedBy(
  certificate: X509Certificate,
  authority: X509Certificate,
): boolean {
  return (
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey)
  );
}

/** "RSA 2048", "EC prime256v1" or "ed25519". */
export function keyText({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (details?.modulusLength) return `RSA ${details.modulusLength}`;
  if (details?.namedCurve) return `EC ${details.namedCurve}`;
  return type ?? 'of a kind not known';
}

/** Signature algorithms by their object identifiers. @see https://www.rfc-editor.org/rfc/rfc8017#appendix-A.2.4 and https://www.rfc-editor.org/rfc/rfc5758 */
const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'RSA with MD5',
  '1.2.840.113549.1.1.5': 'RSA with SHA1',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.113549.1.1.11': 'RSA with SHA256',
  '1.2.840.113549.1.1.12': 'RSA with SHA384',
  '1.2.840.113549.1.1.13': 'RSA with SHA512',
  '1.2.840.10040.4.3': 'DSA with SHA1',
  '1.2.840.10045.4.1': 'ECDSA with SHA1',
  '1.2.840.10045.4.3.2': 'ECDSA with SHA256',
  '1.2.840.10045.4.3.3': 'ECDSA with SHA384',
  '1.2.840.10045.4.3.4': 'ECDSA with SHA512',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

/** By fingerprint: each report speaks of the same certificates as the one before. */
const signatures = new Map<string, string>();
const MOST_SIGNATURES = 10_000;

/** With what a certificate is signed; its object identifier where that has no name here. Node tells it from 24.9 on only. */
export function signatureName(certificate: X509Certificate): string {
  const { fingerprint256 } = certificate;
  const known = signatures.get(fingerprint256);
  if (known) return known;
  const name = readSignatureName(certificate);
  if (signatures.size >= MOST_SIGNATURES) signatures.clear();
  signatures.set(fingerprint256, name);
  return name;
}

function readSignatureName({ raw }: X509Certificate): string {
  const { result } = asn1js.fromBER(new Uint8Array(raw));
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }
  const [, algorithm] = (result as asn1js.Sequence).valueBlock.value;
  const [oid] = (algorithm as asn1js.Sequence).valueBlock.value;
  const text = (oid as asn1js.ObjectIdentifier).valueBlock.toString();
  return SIGNATURES[text] ?? text;
}
