import { createHash, timingSafeEqual, webcrypto } from 'node:crypto';
import type {
  KubernetesCluster,
  KubernetesObject,
  StoreFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import * as pkijs from 'pkijs';

/** The keys under which cert-manager writes stores. */
const STORE_KEYS = [
  'keystore.jks',
  'truststore.jks',
  'keystore.p12',
  'truststore.p12',
] as const;

/** On a Secret: the Certificate that it is made for. */
const CERTIFICATE_ANNOTATION = 'cert-manager.io/certificate-name';

const crypto = new pkijs.CryptoEngine({
  name: 'node',
  crypto: webcrypto as Crypto,
});

/**
 * Which stores a Secret holds, and whether the password that its Certificate
 * names opens them. Neither the password nor what is in a store leaves this.
 *
 * @returns undefined where it holds no store, or its Certificate asks for none
 */
export async function readStores(
  kubernetes: KubernetesCluster,
  secret: KubernetesObject,
): Promise<StoreFacts[] | undefined> {
  // Most Secrets have none: nobody else is asked about these.
  if (!STORE_KEYS.some(key => secret.data?.[key])) return undefined;
  const { namespace, annotations } = secret.metadata;
  const certificate = await kubernetes.get({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    namespace,
    name: annotations?.[CERTIFICATE_ANNOTATION] ?? secret.metadata.name,
  });
  const stores = certificate?.spec?.keystores;
  const wanted = STORE_KEYS.filter(
    key => stores?.[key.endsWith('.jks') ? 'jks' : 'pkcs12']?.create,
  );
  if (wanted.length === 0) return undefined;
  return Promise.all(
    wanted.map(async key => {
      const bytes = bytesOf(secret, key);
      if (!bytes) return { key, is: 'missing' } as const;
      const { passwordSecretRef } =
        stores[key.endsWith('.jks') ? 'jks' : 'pkcs12'];
      const password = await readPassword(
        kubernetes,
        namespace,
        passwordSecretRef,
      );
      if (password === undefined)
        return { key, is: 'without password' } as const;
      const opens = await (key.endsWith('.jks')
        ? opensJks(bytes, password)
        : opensPkcs12(bytes, password));
      return { key, is: opens ? 'open' : 'closed' } as const;
    }),
  );
}

function bytesOf(
  secret: KubernetesObject | undefined,
  key: string,
): Buffer | undefined {
  const text = secret?.data?.[key];
  return text ? Buffer.from(text, 'base64') : undefined;
}

async function readPassword(
  kubernetes: KubernetesCluster,
  namespace: string | undefined,
  ref: { readonly name?: string; readonly key?: string } = {},
): Promise<string | undefined> {
  const secret = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    name: ref.name ?? '',
  });
  return bytesOf(secret, ref.key ?? '')?.toString('utf8');
}

/** A JKS store ends with a digest of the password, these words and all before it. */
const JKS_WORDS = 'Mighty Aphrodite';
const DIGEST_BYTES = 20;
const JKS_MAGIC = 0xfeedfeed;

/**
 * Whether a password is that of a JKS store.
 *
 * @see sun.security.provider.JavaKeyStore, engineLoad
 */
export function opensJks(bytes: Buffer, password: string): boolean {
  const content = bytes.subarray(0, -DIGEST_BYTES);
  if (content.length < 4 || content.readUInt32BE(0) !== JKS_MAGIC) return false;
  const digest = createHash('sha1')
    .update(Buffer.from(password, 'utf16le').swap16())
    .update(JKS_WORDS)
    .update(content)
    .digest();
  return timingSafeEqual(digest, bytes.subarray(-DIGEST_BYTES));
}

/** Whether a password is that of a PKCS #12 store, by its MAC. */
export async function opensPkcs12(
  bytes: Buffer,
  password: string,
): Promise<boolean> {
  try {
    const pfx = pkijs.PFX.fromBER(new Uint8Array(bytes));
    await pfx.parseInternalValues(
      {
        checkIntegrity: true,
        password: new TextEncoder().encode(password).buffer as ArrayBuffer,
      },
      crypto,
    );
    return true;
  } catch {
    return false;
  }
}
