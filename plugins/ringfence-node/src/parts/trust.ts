import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { splitPem } from '@ringfence/connection/dial';

/** The public part of a certificate's Secret. */
export interface PublicCertificates {
  /** `tls.crt`: the leaf first. */
  readonly certificatePem: string;
  /** `ca.crt`, which not every issuer gives. */
  readonly caPem?: string;
}

/** Says that {@link trustAnchor} found none. @param where - such as `Secret "orders/orders-tls"` */
export function noTrustAnchor(where: string): string {
  return `${where} has no ca.crt, and no public root signed its certificate. Use an issuer that gives its CA, such as a CA of the company, or issuer self-signed`;
}

/**
 * The CA that clients trust. It is the Secret's `ca.crt` where the issuer gives
 * one; ACME issuers do not, and then it is the public root that signed the chain,
 * so that clients trust this one root and no other.
 *
 * @returns undefined where no known root signed the chain
 */
export function trustAnchor(
  { certificatePem, caPem }: PublicCertificates,
  roots: readonly string[] = rootCertificates,
): string | undefined {
  if (caPem) return caPem;
  const top = splitPem(certificatePem).at(-1);
  if (!top) return undefined;
  const last = new X509Certificate(top);
  return roots.find(pem => {
    const root = new X509Certificate(pem);
    return last.checkIssued(root) && last.verify(root.publicKey);
  });
}
