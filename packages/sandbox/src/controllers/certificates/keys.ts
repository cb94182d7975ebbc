import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';

/** A private key, ready to sign with. */
export interface SigningKey {
  readonly pem: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
  /** As Web Crypto names it, with the hash that fits. */
  readonly algorithm: { name: string; hash?: string; namedCurve?: string };
}

/** `spec.privateKey` of a Certificate. */
export interface KeySpec {
  readonly algorithm?: 'RSA' | 'ECDSA' | 'Ed25519';
  readonly encoding?: 'PKCS1' | 'PKCS8';
  readonly size?: number;
  readonly rotationPolicy?: 'Never' | 'Always';
}

const generate = promisify(generateKeyPair) as (
  type: string,
  options: object,
) => Promise<{ privateKey: KeyObject }>;

const CURVES: Readonly<Record<string, { name: string; hash: string }>> = {
  prime256v1: { name: 'P-256', hash: 'SHA-256' },
  secp384r1: { name: 'P-384', hash: 'SHA-384' },
  secp521r1: { name: 'P-521', hash: 'SHA-512' },
};

/** A new key, by cert-manager's defaults: RSA of 2048 bits, ECDSA on P-256. */
export async function generateKey(spec: KeySpec = {}): Promise<SigningKey> {
  const { algorithm = 'RSA', size } = spec;
  let generated: { privateKey: KeyObject };
  if (algorithm === 'Ed25519') generated = await generate('ed25519', {});
  else if (algorithm === 'ECDSA') {
    generated = await generate('ec', { namedCurve: `P-${size ?? 256}` });
  } else generated = await generate('rsa', { modulusLength: size ?? 2048 });
  return toSigningKey(generated.privateKey, spec.encoding);
}

/** Reads a private key in PEM. @throws where it is none */
export function readKey(pem: string): Promise<SigningKey> {
  return toSigningKey(createPrivateKey(pem), undefined, pem);
}

/** Whether a key is of the kind that `spec.privateKey` asks for. */
export function fitsSpec(pem: string, spec: KeySpec = {}): boolean {
  const key = createPrivateKey(pem);
  const { algorithm = 'RSA', size } = spec;
  if (algorithm === 'Ed25519') return key.asymmetricKeyType === 'ed25519';
  const details = key.asymmetricKeyDetails ?? {};
  if (algorithm === 'ECDSA') {
    const curve = CURVES[details.namedCurve ?? ''];
    return curve?.name === `P-${size ?? 256}`;
  }
  return details.modulusLength === (size ?? 2048);
}

/** PKCS #1 where asked for or not said, as cert-manager writes keys. */
function toPem(key: KeyObject, encoding: KeySpec['encoding'] = 'PKCS1') {
  const type =
    encoding === 'PKCS8' || key.asymmetricKeyType === 'ed25519'
      ? 'pkcs8'
      : { rsa: 'pkcs1' as const, ec: 'sec1' as const }[
          key.asymmetricKeyType as 'rsa' | 'ec'
        ];
  return key.export({ type, format: 'pem' }).toString();
}

async function toSigningKey(
  key: KeyObject,
  encoding?: KeySpec['encoding'],
  pem = toPem(key, encoding),
): Promise<SigningKey> {
  const algorithm = algorithmOf(key);
  const { subtle } = globalThis.crypto;
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  return {
    pem,
    algorithm,
    publicKey: await subtle.importKey('spki', spki, algorithm, true, [
      'verify',
    ]),
    privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, true, [
      'sign',
    ]),
  };
}

function algorithmOf(key: KeyObject): SigningKey['algorithm'] {
  if (key.asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  if (key.asymmetricKeyType === 'rsa') {
    return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (!curve) throw new Error(`Unknown key type "${key.asymmetricKeyType}"`);
  return { name: 'ECDSA', namedCurve: curve.name, hash: curve.hash };
}
