import { createHash, createHmac, X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { subjectText } from '../checks/x509';

/** The truststore's name in the bundle. */
export const TRUSTSTORE_FILE = 'truststore.p12';

/**
 * Java wants a password even for a store of public certificates; this is the
 * one that everybody knows, and it protects nothing.
 */
export const TRUSTSTORE_PASSWORD = 'changeit';

/** What RFC 7292 asks for at least: the password is public, so more would only take time. */
const MAC_ITERATIONS = 1_024;
const SHA_256 = { name: 'SHA-256', oid: '2.16.840.1.101.3.4.2.1' } as const;
/** HMAC-SHA-256 works on blocks, and PKCS #12 derives keys in blocks, of this size. */
const BLOCK_BYTES = 64;
/** `id` of PKCS #12 for a key that makes a MAC. @see RFC 7292, appendix B.3 */
const MAC_KEY_ID = 3;

const OID = {
  data: '1.2.840.113549.1.7.1',
  certBag: '1.2.840.113549.1.12.10.1.3',
  friendlyName: '1.2.840.113549.1.9.20',
  // Without this attribute Java does not take a certificate for a trusted one.
  // @see https://bugs.openjdk.org/browse/JDK-6676075
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
} as const;

/**
 * A PKCS #12 truststore for Java that holds CA certificates. The same
 * certificates give the same bytes: nothing in it is secret, so the salt of
 * its MAC is taken from the certificates instead of at random.
 */
export function makeTruststore(
  certificates: readonly X509Certificate[],
): Uint8Array {
  const bags = new asn1js.Sequence({
    value: certificates.map((certificate, index) =>
      certificateBag(certificate, index),
    ),
  });
  const contents = new asn1js.Sequence({
    value: [dataOf(bags)],
  }).toBER();
  const salt = createHash('sha256')
    .update(Buffer.from(contents))
    .digest()
    .subarray(0, 20);
  const pfx = new asn1js.Sequence({
    value: [
      new asn1js.Integer({ value: 3 }),
      contentInfo(contents),
      macOf(contents, salt).toSchema(),
    ],
  });
  return new Uint8Array(pfx.toBER());
}

/** The certificates are public: they are not encrypted, which every reader takes. */
function certificateBag(certificate: X509Certificate, index: number) {
  const name = `ringfence-ca-${index + 1} ${subjectText(certificate)}`;
  return new pkijs.SafeBag({
    bagId: OID.certBag,
    bagValue: new pkijs.CertBag({
      parsedValue: pkijs.Certificate.fromBER(new Uint8Array(certificate.raw)),
    }),
    bagAttributes: [
      new pkijs.Attribute({
        type: OID.friendlyName,
        values: [new asn1js.BmpString({ value: name })],
      }),
      new pkijs.Attribute({
        type: OID.trustedKeyUsage,
        values: [
          new asn1js.ObjectIdentifier({ value: OID.anyExtendedKeyUsage }),
        ],
      }),
    ],
  }).toSchema();
}

function dataOf(content: asn1js.Sequence) {
  return contentInfo(content.toBER());
}

function contentInfo(content: ArrayBuffer) {
  return new pkijs.ContentInfo({
    contentType: OID.data,
    content: new asn1js.OctetString({ valueHex: content }),
  }).toSchema();
}

function macOf(contents: ArrayBuffer, salt: Uint8Array): pkijs.MacData {
  const key = deriveMacKey(TRUSTSTORE_PASSWORD, salt);
  const digest = createHmac('sha256', key)
    .update(Buffer.from(contents))
    .digest();
  return new pkijs.MacData({
    mac: new pkijs.DigestInfo({
      digestAlgorithm: new pkijs.AlgorithmIdentifier({
        algorithmId: SHA_256.oid,
        algorithmParams: new asn1js.Null(),
      }),
      digest: new asn1js.OctetString({ valueHex: new Uint8Array(digest) }),
    }),
    macSalt: new asn1js.OctetString({ valueHex: new Uint8Array(salt) }),
    iterations: MAC_ITERATIONS,
  });
}

/**
 * The key derivation of PKCS #12 for one block of SHA-256, which is all that a
 * MAC key needs. By hand, since libraries draw the salt themselves.
 *
 * @see RFC 7292, appendix B.2
 */
function deriveMacKey(password: string, salt: Uint8Array): Buffer {
  const passwordBytes = Buffer.from(`${password}\0`, 'utf16le').swap16();
  let key: Buffer = createHash('sha256')
    .update(Buffer.alloc(BLOCK_BYTES, MAC_KEY_ID))
    .update(fillBlocks(salt))
    .update(fillBlocks(passwordBytes))
    .digest();
  for (let round = 1; round < MAC_ITERATIONS; round++) {
    key = createHash('sha256').update(key).digest();
  }
  return key;
}

/** Repeats bytes to the next multiple of the block size. */
function fillBlocks(bytes: Uint8Array): Buffer {
  const size = Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES;
  return Buffer.alloc(size, bytes);
}
