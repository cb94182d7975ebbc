import { createHash, createHmac, type X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

/**
 * Java and .NET want a password for every store; this is the one that
 * everybody knows, and it protects nothing: what is secret in a store is
 * protected by the mode of its file alone, as the PEM file of the same key is.
 */
export const STORE_PASSWORD = 'changeit';

/** What RFC 7292 asks for at least: the password is public, so more would only take time. */
export const ITERATIONS = 1_024;
const SHA_256 = { name: 'SHA-256', oid: '2.16.840.1.101.3.4.2.1' } as const;
/** HMAC-SHA-256 works on blocks, and PKCS #12 derives keys in blocks, of this size. */
const BLOCK_BYTES = 64;
/** `id` of PKCS #12 for a key that makes a MAC. @see RFC 7292, appendix B.3 */
const MAC_KEY_ID = 3;

const OID = {
  data: '1.2.840.113549.1.7.1',
  certBag: '1.2.840.113549.1.12.10.1.3',
  friendlyName: '1.2.840.113549.1.9.20',
} as const;

/** What {@link makeStore} puts into a store. */
export type Bag = asn1js.Sequence;

/**
 * A PKCS #12 store of these bags. The same bags give the same bytes: the salt
 * of its MAC is taken from them instead of at random, since the password is
 * public anyway.
 */
export function makeStore(bags: readonly Bag[]): Uint8Array {
  const content = new asn1js.Sequence({ value: [...bags] });
  const contents = new asn1js.Sequence({
    value: [contentInfo(content.toBER())],
  }).toBER();
  const pfx = new asn1js.Sequence({
    value: [
      new asn1js.Integer({ value: 3 }),
      contentInfo(contents),
      macOf(contents, saltOf(new Uint8Array(contents))).toSchema(),
    ],
  });
  return new Uint8Array(pfx.toBER());
}

/** A salt that the same bytes have always. @param length - in bytes, at most 32 */
export function saltOf(bytes: Uint8Array, length: number = 20): Uint8Array {
  return createHash('sha256').update(bytes).digest().subarray(0, length);
}

/** A certificate, which is public: it is not encrypted, which every reader takes. */
export function certificateBag(
  certificate: X509Certificate,
  attributes: readonly pkijs.Attribute[],
): Bag {
  return new pkijs.SafeBag({
    bagId: OID.certBag,
    bagValue: new pkijs.CertBag({
      parsedValue: pkijs.Certificate.fromBER(new Uint8Array(certificate.raw)),
    }),
    bagAttributes: [...attributes],
  }).toSchema();
}

/** What readers call an entry. */
export function nameAttribute(name: string): pkijs.Attribute {
  return new pkijs.Attribute({
    type: OID.friendlyName,
    values: [new asn1js.BmpString({ value: name })],
  });
}

function contentInfo(content: ArrayBuffer) {
  return new pkijs.ContentInfo({
    contentType: OID.data,
    content: new asn1js.OctetString({ valueHex: content }),
  }).toSchema();
}

function macOf(contents: ArrayBuffer, salt: Uint8Array): pkijs.MacData {
  const key = deriveMacKey(STORE_PASSWORD, salt);
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
    iterations: ITERATIONS,
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
  for (let round = 1; round < ITERATIONS; round++) {
    key = createHash('sha256').update(key).digest();
  }
  return key;
}

/** Repeats bytes to the next multiple of the block size. */
function fillBlocks(bytes: Uint8Array): Buffer {
  const size = Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES;
  return Buffer.alloc(size, bytes);
}
