import { generateKey } from './keys';
import { signCertificate, type CertificateSpec, type Signer } from './sign';

/** A certificate and its key, in PEM, and what signs with them. */
export interface Minted extends Signer {
  readonly keyPem: string;
}

/** A new key and its certificate. @param signer - undefined for one that signs itself */
export async function mintCertificate(
  spec: CertificateSpec,
  dates: { readonly notBefore: Date; readonly notAfter: Date },
  signer?: Signer,
): Promise<Minted> {
  const key = await generateKey({ algorithm: 'ECDSA' });
  const certificatePem = await signCertificate(spec, key, signer, dates);
  return { certificatePem, keyPem: key.pem, key };
}
