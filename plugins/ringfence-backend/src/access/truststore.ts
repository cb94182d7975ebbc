import type { X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { subjectText } from '../checks/x509';
import { certificateBag, makeStore, nameAttribute } from './pkcs12';

/** The truststore's name in the bundle. */
export const TRUSTSTORE_FILE = 'truststore.p12';

const OID = {
  // Without this attribute Java does not take a certificate for a trusted one.
  // @see https://bugs.openjdk.org/browse/JDK-6676075
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
} as const;

/** A PKCS #12 truststore for Java that holds CA certificates. The same certificates give the same bytes. */
export function makeTruststore(
  certificates: readonly X509Certificate[],
): Uint8Array {
  return makeStore(
    certificates.map((certificate, index) =>
      certificateBag(certificate, [
        nameAttribute(`ringfence-ca-${index + 1} ${subjectText(certificate)}`),
        trusted(),
      ]),
    ),
  );
}

function trusted(): pkijs.Attribute {
  return new pkijs.Attribute({
    type: OID.trustedKeyUsage,
    values: [new asn1js.ObjectIdentifier({ value: OID.anyExtendedKeyUsage })],
  });
}
