// @peculiar/x509 resolves its algorithms by decorators.
import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { ...KEY_ALGORITHM, hash: 'SHA-256' };

/** A certificate and its private key (PKCS #8), both in PEM. */
export interface MintedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** What a certificate is to say. */
export interface CertificateRequest {
  /** Absent: an empty subject. */
  readonly commonName?: string;
  readonly dnsNames?: readonly string[];
  readonly uris?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** @default an hour ago */
  readonly notBefore?: Date;
  /** @default in 30 days */
  readonly notAfter?: Date;
  /** What it is for. @default 'server' */
  readonly usage?: 'server' | 'client';
}

/** A certificate authority that lives as long as the test. */
export interface MintedCa extends MintedCertificate {
  /** Signs a new certificate, of a server unless asked otherwise, with a key of its own. */
  issue(request: CertificateRequest): Promise<MintedCertificate>;
}

/**
 * Makes a certificate authority for tests: ECDSA P-256, self-signed, in memory.
 *
 * ```ts
 * const ca = await mintCa({ name: 'orders CA' });
 * const server = await ca.issue({ dnsNames: ['orders.example.com'] });
 * ```
 */
export async function mintCa(options: {
  readonly name: string;
  /** @default an hour ago */
  readonly notBefore?: Date;
  /** @default in 365 days */
  readonly notAfter?: Date;
}): Promise<MintedCa> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: commonNameOf(options.name),
      notBefore: options.notBefore ?? new Date(Date.now() - HOUR_MS),
      notAfter: options.notAfter ?? new Date(Date.now() + 365 * DAY_MS),
      keys,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          // eslint-disable-next-line no-bitwise
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  );
  return {
    certPem: pemOf(certificate),
    keyPem: await exportKey(keys.privateKey),
    issue: request => issue(request, certificate, keys.privateKey),
  };
}

/**
 * Signs as an authority that is there already, such as one that cert-manager made.
 *
 * @param ca - certificate and private key (ECDSA P-256, any form), in PEM
 */
export async function takeCa(ca: MintedCertificate): Promise<MintedCa> {
  const der = createPrivateKey(ca.keyPem).export({
    format: 'der',
    type: 'pkcs8',
  });
  const key = (await webcrypto.subtle.importKey(
    'pkcs8',
    der,
    KEY_ALGORITHM,
    false,
    ['sign'],
  )) as CryptoKey;
  const certificate = new x509.X509Certificate(ca.certPem);
  return { ...ca, issue: request => issue(request, certificate, key) };
}

async function issue(
  request: CertificateRequest,
  ca: x509.X509Certificate,
  caKey: CryptoKey,
): Promise<MintedCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: request.commonName
        ? commonNameOf(request.commonName)
        : undefined,
      issuer: ca.subject,
      notBefore: request.notBefore ?? new Date(Date.now() - HOUR_MS),
      notAfter: request.notAfter ?? new Date(Date.now() + 30 * DAY_MS),
      publicKey: keys.publicKey,
      signingKey: caKey,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new x509.ExtendedKeyUsageExtension([
          request.usage === 'client'
            ? x509.ExtendedKeyUsage.clientAuth
            : x509.ExtendedKeyUsage.serverAuth,
        ]),
        await authorityKeyIdentifier(ca),
        ...alternativeNames(request),
      ],
    },
    webcrypto as Crypto,
  );
  return {
    certPem: pemOf(certificate),
    keyPem: await exportKey(keys.privateKey),
  };
}

/** As the CA names its own key: others count it up in another way than this library. */
async function authorityKeyIdentifier(
  ca: x509.X509Certificate,
): Promise<x509.AuthorityKeyIdentifierExtension> {
  const own = ca.getExtension(x509.SubjectKeyIdentifierExtension);
  return own
    ? new x509.AuthorityKeyIdentifierExtension(own.keyId)
    : x509.AuthorityKeyIdentifierExtension.create(ca.publicKey);
}

function alternativeNames(request: CertificateRequest): x509.Extension[] {
  const wrong = request.ipAddresses?.find(address => isIP(address) === 0);
  if (wrong) throw new TypeError(`"${wrong}" is not an IP address`);
  const names: x509.JsonGeneralNames = [
    ...(request.dnsNames ?? []).map(value => ({ type: 'dns' as const, value })),
    ...(request.uris ?? []).map(value => ({ type: 'url' as const, value })),
    ...(request.ipAddresses ?? []).map(value => ({
      type: 'ip' as const,
      value,
    })),
  ];
  if (names.length === 0) return [];
  // RFC 5280, 4.2.1.6: critical where the subject is empty.
  const critical = !request.commonName;
  return [new x509.SubjectAlternativeNameExtension(names, critical)];
}

function generateKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, [
    'sign',
    'verify',
  ]) as Promise<CryptoKeyPair>;
}

async function exportKey(key: CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey(
    'pkcs8',
    key as webcrypto.CryptoKey,
  );
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function commonNameOf(commonName: string): x509.JsonName {
  return [{ CN: [commonName] }];
}
