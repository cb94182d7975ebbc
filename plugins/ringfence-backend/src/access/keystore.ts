import {
  createCipheriv,
  createPrivateKey,
  pbkdf2Sync,
  type X509Certificate,
} from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import {
  certificateBag,
  ITERATIONS,
  makeStore,
  nameAttribute,
  saltOf,
  STORE_PASSWORD,
  type Bag,
} from './pkcs12';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** Of a block of AES. */
const IV_BYTES = 16;

const OID = {
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const;

/**
 * A PKCS #12 store with a private key and its certificates, leaf first. Readers
 * want the key encrypted, with the password that everybody knows; salt and
 * initial vector are taken from the key, so that the same key gives the same
 * bytes. Whoever may not know the key must not read the file.
 */
export function makeKeystore(
  certificates: readonly X509Certificate[],
  keyPem: string,
): Uint8Array {
  const key = createPrivateKey(keyPem).export({ format: 'der', type: 'pkcs8' });
  const [leaf] = certificates;
  const entry = [nameAttribute('client'), keyId(leaf)];
  return makeStore([
    keyBag(key, entry),
    ...certificates.map(certificate =>
      certificateBag(certificate, certificate === leaf ? entry : []),
    ),
  ]);
}

/** Joins the key to its certificate. */
function keyId(leaf: X509Certificate): pkijs.Attribute {
  const valueHex = saltOf(leaf.raw);
  return new pkijs.Attribute({
    type: OID.localKeyId,
    values: [new asn1js.OctetString({ valueHex })],
  });
}

function keyBag(key: Buffer, attributes: readonly pkijs.Attribute[]): Bag {
  return sequence(
    new asn1js.ObjectIdentifier({ value: OID.shroudedKeyBag }),
    new asn1js.Constructed({
      idBlock: { tagClass: 3, tagNumber: 0 },
      value: [shroud(key)],
    }),
    new asn1js.Set({ value: attributes.map(it => it.toSchema()) }),
  );
}

/** `EncryptedPrivateKeyInfo`: PBES2 with HMAC-SHA-256 and AES-256. @see RFC 8018, appendix A.4 */
function shroud(key: Buffer): asn1js.Sequence {
  const salt = saltOf(key, SALT_BYTES);
  const iv = saltOf(saltOf(key, 32), IV_BYTES);
  const secret = pbkdf2Sync(
    STORE_PASSWORD,
    salt,
    ITERATIONS,
    KEY_BYTES,
    'sha256',
  );
  const cipher = createCipheriv('aes-256-cbc', secret, iv);
  const encrypted = Buffer.concat([cipher.update(key), cipher.final()]);
  return sequence(
    algorithm(
      OID.pbes2,
      sequence(
        algorithm(
          OID.pbkdf2,
          sequence(
            octets(salt),
            new asn1js.Integer({ value: ITERATIONS }),
            algorithm(OID.hmacSha256, new asn1js.Null()),
          ),
        ),
        algorithm(OID.aes256Cbc, octets(iv)),
      ),
    ),
    octets(encrypted),
  );
}

function sequence(...value: asn1js.AsnType[]) {
  return new asn1js.Sequence({ value });
}

function octets(valueHex: Uint8Array) {
  return new asn1js.OctetString({ valueHex: new Uint8Array(valueHex) });
}

function algorithm(oid: string, parameters: asn1js.AsnType) {
  return sequence(new asn1js.ObjectIdentifier({ value: oid }), parameters);
}
