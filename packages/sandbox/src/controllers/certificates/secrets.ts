import { X509Certificate } from 'node:crypto';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** What a TLS Secret holds, as text. */
export interface KeyPair {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly caPem?: string;
}

/** The decoded data of a TLS Secret; undefined where certificate or key are missing. */
export function readKeyPair(
  secret: KubernetesObject | undefined,
): KeyPair | undefined {
  const text = (key: string) => {
    const value = secret?.data?.[key];
    return value ? Buffer.from(value, 'base64').toString('utf8') : undefined;
  };
  const certificatePem = text('tls.crt');
  const keyPem = text('tls.key');
  if (!certificatePem || !keyPem) return undefined;
  return { certificatePem, keyPem, caPem: text('ca.crt') };
}

/** The dates of the first certificate of a PEM. @throws where there is none */
export function datesOf(certificatePem: string) {
  const { validFrom, validTo } = new X509Certificate(certificatePem);
  return { notBefore: new Date(validFrom), notAfter: new Date(validTo) };
}

export function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
