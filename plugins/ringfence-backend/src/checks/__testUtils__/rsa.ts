import { webcrypto } from 'node:crypto';
// Before the library, which needs what this one loads first.
import { days } from './certificates';
import * as x509 from '@peculiar/x509';

/** An RSA certificate; not self-signed, it comes from a CA of the same strength. */
export async function mintRsa(
  modulusLength: number,
  hash: string,
  { selfSigned = false } = {},
): Promise<string> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength,
    hash,
  };
  const generate = () =>
    webcrypto.subtle.generateKey(algorithm, true, [
      'sign',
      'verify',
    ]) as Promise<CryptoKeyPair>;
  const [subject, issuer] = [await generate(), await generate()];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=weak',
      issuer: selfSigned ? 'CN=weak' : 'CN=other',
      notBefore: days(-1),
      notAfter: days(60),
      publicKey: subject.publicKey,
      signingKey: (selfSigned ? subject : issuer).privateKey,
      signingAlgorithm: algorithm,
    },
    webcrypto as Crypto,
  );
  return certificate.toString('pem');
}
