// @peculiar/x509 resolves its algorithms by decorators.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { SigningKey } from './keys';

/** The fields of a Certificate's spec that end in the certificate. */
export interface CertificateSpec {
  readonly commonName?: string;
  readonly subject?: { readonly organizations?: readonly string[] };
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
  readonly emailAddresses?: readonly string[];
  readonly usages?: readonly string[];
  readonly isCA?: boolean;
}

/** Who signs: undefined for a certificate that signs itself. */
export interface Signer {
  readonly certificatePem: string;
  readonly key: SigningKey;
}

const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: x509.KeyUsageFlags.digitalSignature,
  'digital signature': x509.KeyUsageFlags.digitalSignature,
  'content commitment': x509.KeyUsageFlags.nonRepudiation,
  'key encipherment': x509.KeyUsageFlags.keyEncipherment,
  'data encipherment': x509.KeyUsageFlags.dataEncipherment,
  'key agreement': x509.KeyUsageFlags.keyAgreement,
  'cert sign': x509.KeyUsageFlags.keyCertSign,
  'crl sign': x509.KeyUsageFlags.cRLSign,
};

const EXTENDED_KEY_USAGES: Readonly<Record<string, string>> = {
  'server auth': x509.ExtendedKeyUsage.serverAuth,
  'client auth': x509.ExtendedKeyUsage.clientAuth,
};

/** cert-manager's default of `spec.usages`. */
const DEFAULT_USAGES = ['digital signature', 'key encipherment'];

function subjectOf(spec: CertificateSpec): x509.JsonName {
  const organizations = spec.subject?.organizations ?? [];
  return [
    ...(organizations.length ? [{ O: [...organizations] }] : []),
    ...(spec.commonName ? [{ CN: [spec.commonName] }] : []),
  ];
}

function alternativeNames(spec: CertificateSpec): x509.JsonGeneralNames {
  const names = (type: x509.GeneralNameType, values: readonly string[] = []) =>
    values.map(value => ({ type, value }));
  return [
    ...names('dns', spec.dnsNames),
    ...names('ip', spec.ipAddresses),
    ...names('url', spec.uris),
    ...names('email', spec.emailAddresses),
  ];
}

function usageExtensions(spec: CertificateSpec): x509.Extension[] {
  const usages = [
    ...(spec.usages?.length ? spec.usages : DEFAULT_USAGES),
    ...(spec.isCA ? ['cert sign'] : []),
  ];
  // eslint-disable-next-line no-bitwise
  const flags = usages.reduce(
    (sum, usage) => sum | (KEY_USAGES[usage] ?? 0),
    0,
  );
  const extended = usages.flatMap(usage => EXTENDED_KEY_USAGES[usage] ?? []);
  return [
    new x509.KeyUsagesExtension(flags, true),
    ...(extended.length ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
  ];
}

async function extensionsOf(
  spec: CertificateSpec,
  key: SigningKey,
  issuer: x509.X509Certificate | undefined,
): Promise<x509.Extension[]> {
  const names = alternativeNames(spec);
  const emptySubject = subjectOf(spec).length === 0;
  return [
    ...usageExtensions(spec),
    new x509.BasicConstraintsExtension(spec.isCA ?? false, undefined, true),
    ...(spec.isCA
      ? [await x509.SubjectKeyIdentifierExtension.create(key.publicKey)]
      : []),
    ...(issuer
      ? [await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey)]
      : []),
    ...(names.length
      ? [new x509.SubjectAlternativeNameExtension(names, emptySubject)]
      : []),
  ];
}

/** A certificate for `key`, in PEM. */
export async function signCertificate(
  spec: CertificateSpec,
  key: SigningKey,
  signer: Signer | undefined,
  dates: { notBefore: Date; notAfter: Date },
): Promise<string> {
  const issuer = signer && new x509.X509Certificate(signer.certificatePem);
  const subject = subjectOf(spec);
  const signing = signer?.key ?? key;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject,
      issuer: issuer ? issuer.subjectName.toJSON() : subject,
      ...dates,
      publicKey: key.publicKey,
      signingKey: signing.privateKey,
      signingAlgorithm: signing.algorithm,
      extensions: await extensionsOf(spec, key, issuer),
    },
    globalThis.crypto,
  );
  return `${certificate.toString('pem')}\n`;
}

/** What a CertificateRequest carries, in PEM. */
export async function signingRequest(
  spec: CertificateSpec,
  key: SigningKey,
): Promise<string> {
  const names = alternativeNames(spec);
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: subjectOf(spec),
      keys: { publicKey: key.publicKey, privateKey: key.privateKey },
      signingAlgorithm: key.algorithm,
      extensions: names.length
        ? [new x509.SubjectAlternativeNameExtension(names)]
        : [],
    },
    globalThis.crypto,
  );
  return `${request.toString('pem')}\n`;
}

/** 159 random bits: positive, and no longer than RFC 5280 allows. */
function serialNumber(): string {
  const bytes = randomBytes(20);
  bytes[0] = (bytes[0] % 0x7f) + 1;
  return bytes.toString('hex');
}
