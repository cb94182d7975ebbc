import {
  createHash,
  createPrivateKey,
  type X509Certificate,
} from 'node:crypto';
import * as asn1js from 'asn1js';
import { notBefore, readCertificates } from '../checks/x509';
import type { BundleContent, ClientCertificate } from './bundle';
import { saltOf, STORE_PASSWORD } from './pkcs12';

/** The stores' names in the bundle. */
export const JKS_FILES = {
  truststore: 'truststore.jks',
  keystore: 'client.jks',
} as const;

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const KEY_ENTRY = 1;
const CERTIFICATE_ENTRY = 2;
/** What the digest over the whole store begins with, behind the password. */
const WHITENER = 'Mighty Aphrodite';
/** Java's own encryption of keys in such stores, which no other program knows. */
const KEY_PROTECTOR = '1.3.6.1.4.1.42.2.17.1.1';
/** A digest of SHA-1, and so a block and the salt of that encryption. */
const BLOCK_BYTES = 20;

/** The password as Java digests it. */
const PASSWORD_BYTES = Buffer.from(STORE_PASSWORD, 'utf16le').swap16();

/**
 * A truststore in JKS, the form that Java had before PKCS #12, for programs that
 * read no other. By hand: it is Java's alone, and no library writes it. The same
 * certificates give the same bytes.
 *
 * @see https://github.com/openjdk/jdk/blob/jdk-21-ga/src/java.base/share/classes/sun/security/provider/JavaKeyStore.java
 */
export function makeJksTruststore(
  certificates: readonly X509Certificate[],
): Uint8Array {
  return makeStore(
    certificates.map((certificate, index) => [
      // Java looks for lower case, and this text may be nothing but ASCII.
      head(CERTIFICATE_ENTRY, `ringfence-ca-${index + 1}`, certificate),
      certificateBytes(certificate),
    ]),
  );
}

/**
 * A private key and its certificates, leaf first, in JKS. Its encryption is as
 * weak as the format, and its password known to everybody: whoever may not know
 * the key must not read the file.
 */
export function makeJksKeystore(
  certificates: readonly X509Certificate[],
  keyPem: string,
): Uint8Array {
  const key = createPrivateKey(keyPem).export({ format: 'der', type: 'pkcs8' });
  return makeStore([
    [
      head(KEY_ENTRY, 'client', certificates[0]),
      sized(protect(key)),
      uint32(certificates.length),
      ...certificates.map(certificateBytes),
    ],
  ]);
}

/** The bundle's stores once more, for programs that read no PKCS #12. */
export function jksFiles(
  authorities: readonly X509Certificate[],
  certificate?: ClientCertificate,
): BundleContent[] {
  const inJks = `in Java's older form (JKS, password "${STORE_PASSWORD}")`;
  const truststore = {
    path: JKS_FILES.truststore,
    description: `The CA ${inJks}`,
    content: makeJksTruststore(authorities),
    executable: false,
  };
  if (!certificate) return [truststore];
  const chain = readCertificates(certificate.certificatePem);
  const keystore = {
    path: JKS_FILES.keystore,
    description: `Client certificate and key ${inJks}`,
    content: makeJksKeystore(chain, certificate.keyPem.reveal()),
    executable: false,
    isSecret: true,
  };
  return [truststore, keystore];
}

function makeStore(entries: ReadonlyArray<readonly Buffer[]>): Uint8Array {
  const store = Buffer.concat([
    uint32(MAGIC),
    uint32(VERSION),
    uint32(entries.length),
    ...entries.flat(),
  ]);
  const digest = sha1(PASSWORD_BYTES, Buffer.from(WHITENER), store);
  return new Uint8Array(Buffer.concat([store, digest]));
}

/** An entry's kind, its name, and since when it is there: since the certificate is, to be the same each time. */
function head(kind: number, alias: string, certificate: X509Certificate) {
  const since = Buffer.alloc(8);
  since.writeBigInt64BE(BigInt(notBefore(certificate).getTime()));
  return Buffer.concat([uint32(kind), text(alias), since]);
}

function certificateBytes({ raw }: X509Certificate): Buffer {
  return Buffer.concat([text('X.509'), sized(raw)]);
}

/** `EncryptedPrivateKeyInfo`: the salt, the key under a stream of digests that begins with it, and a digest to know the password by. */
function protect(key: Buffer): Buffer {
  const salt = Buffer.from(saltOf(key, BLOCK_BYTES));
  const encrypted = Buffer.from(key);
  let block = salt;
  for (let i = 0; i < key.length; i++) {
    if (i % BLOCK_BYTES === 0) block = sha1(PASSWORD_BYTES, block);
    encrypted[i] = key[i] ^ block[i % BLOCK_BYTES];
  }
  const check = sha1(PASSWORD_BYTES, key);
  const valueHex = new Uint8Array(Buffer.concat([salt, encrypted, check]));
  const sequence = (...value: asn1js.AsnType[]) =>
    new asn1js.Sequence({ value });
  return Buffer.from(
    sequence(
      sequence(
        new asn1js.ObjectIdentifier({ value: KEY_PROTECTOR }),
        new asn1js.Null(),
      ),
      new asn1js.OctetString({ valueHex }),
    ).toBER(),
  );
}

function sha1(...parts: readonly Buffer[]): Buffer {
  return createHash('sha1').update(Buffer.concat(parts)).digest();
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** As `DataInput.readUTF` reads what is ASCII. */
function text(ascii: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(ascii.length);
  return Buffer.concat([length, Buffer.from(ascii, 'ascii')]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
