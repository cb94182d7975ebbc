import { X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { opensJks, opensPkcs12 } from './stores';

/** What is public in a store, and whether a private key is in it. */
export interface StoreContent {
  /** In PEM, a keystore's leaf first. */
  readonly certificatesPem: string;
  readonly hasKey: boolean;
}

const JKS_MAGIC = 0xfeedfeed;
const KEY_ENTRY = 1;
const DATE_BYTES = 8;

const OID = {
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
} as const;

/**
 * Opens a store of either form, whatever its name says: Java does so too.
 *
 * @returns undefined where the password does not open it
 */
export async function openStore(
  bytes: Buffer,
  password: string,
): Promise<StoreContent | undefined> {
  const isJks = bytes.length > 4 && bytes.readUInt32BE(0) === JKS_MAGIC;
  if (isJks) return opensJks(bytes, password) ? readJks(bytes) : undefined;
  if (!(await opensPkcs12(bytes, password))) return undefined;
  return readPkcs12(bytes, password);
}

/** @see sun.security.provider.JavaKeyStore, engineLoad */
function readJks(bytes: Buffer): StoreContent {
  let at = 8;
  const whole = () => {
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const skipText = () => {
    at += 2 + bytes.readUInt16BE(at);
  };
  const certificate = () => {
    skipText();
    const length = whole();
    at += length;
    return pem(bytes.subarray(at - length, at));
  };
  const pems: string[] = [];
  let hasKey = false;
  for (let left = whole(); left > 0; left -= 1) {
    const isKey = whole() === KEY_ENTRY;
    skipText();
    at += DATE_BYTES;
    if (!isKey) {
      pems.push(certificate());
      continue;
    }
    hasKey = true;
    const length = whole();
    at += length;
    for (let chain = whole(); chain > 0; chain -= 1) pems.push(certificate());
  }
  return { certificatesPem: pems.join(''), hasKey };
}

async function readPkcs12(
  bytes: Buffer,
  password: string,
): Promise<StoreContent> {
  const pfx = pkijs.PFX.fromBER(new Uint8Array(bytes));
  const key = new TextEncoder().encode(password).buffer as ArrayBuffer;
  await pfx.parseInternalValues({ checkIntegrity: false, password: key });
  const safe = pfx.parsedValue!.authenticatedSafe!;
  await safe.parseInternalValues({
    safeContents: safe.safeContents.map(() => ({ password: key })),
  });
  const bags: pkijs.SafeBag[] = safe.parsedValue.safeContents.flatMap(
    (content: { value: pkijs.SafeContents }) => content.value.safeBags,
  );
  const pems = bags
    .filter(({ bagId }) => bagId === OID.certBag)
    .map(({ bagValue }) => {
      const [, tagged] = (bagValue as pkijs.CertBag).toSchema().valueBlock
        .value as unknown as asn1js.Constructed[];
      const [octets] = tagged.valueBlock.value as asn1js.OctetString[];
      return pem(Buffer.from(octets.valueBlock.valueHexView));
    });
  const isKey = (id: string) => id === OID.keyBag || id === OID.shroudedKeyBag;
  return {
    certificatesPem: pems.join(''),
    hasKey: bags.some(({ bagId }) => isKey(bagId)),
  };
}

function pem(der: Buffer): string {
  return new X509Certificate(der).toString();
}
