import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  connectionSchema,
  type ClientCertificateFiles,
  type Connection,
} from '@ringfence/connection';
import { splitPem } from '@ringfence/connection/dial';
import { ConnectError } from '../ConnectError';
import type { RenewedCertificate } from './askPortal';
import { openStore, type BundleStore, type NewFile } from './bundleStore';

const CONNECTION_FILE = 'connection.json';
const JKS_FILE = 'client.jks';
const SECRET = 0o600;
const PUBLIC = 0o644;

/**
 * The certificate that is in a bundle, packed or not.
 *
 * @throws ConnectError where there is no bundle, others can change it, or it has none that is renewed
 */
export async function renewableIn(source: string): Promise<{
  store: BundleStore;
  connection: Connection;
  files: ClientCertificateFiles & { renewUrl: string };
}> {
  const store = await openStore(source);
  const connection = await readConnection(store, source);
  const files = connection.tls.clientCertificate;
  if (files?.renewUrl) {
    return { store, connection, files: { ...files, renewUrl: files.renewUrl } };
  }
  throw new ConnectError(
    'Bundle',
    `Bundle "${source}" has no client certificate that the portal renews`,
    'Download the bundle with the client certificate of your team',
  );
}

async function readConnection(
  store: BundleStore,
  source: string,
): Promise<Connection> {
  // It says where the token goes.
  const content = await store.read(CONNECTION_FILE);
  try {
    return connectionSchema.parse(JSON.parse(String(content)));
  } catch (error) {
    throw new ConnectError(
      'Bundle',
      `Bundle "${source}" cannot be used: its ${CONNECTION_FILE} is missing or damaged`,
      'Download the bundle again',
      error,
    );
  }
}

/**
 * Puts a renewed certificate in the place of the one in the bundle.
 *
 * @returns until when it is valid
 * @throws ConnectError where it is none that this bundle can use; the old files stay
 */
export async function replaceCertificate(
  source: string,
  renewed: RenewedCertificate,
  now: Date,
): Promise<Date> {
  const { store, connection, files } = await renewableIn(source);
  const before = await readLeaf(store, files.certificateFile);
  const notAfter = verified(renewed, before, now);
  const tls = {
    ...connection.tls,
    clientCertificate: { ...files, notAfter: notAfter.toISOString() },
  };
  const text = JSON.stringify({ ...connection, tls }, undefined, 2);
  await replace(store, [
    // The key first and connection.json last: who looks in between sees two
    // that do not fit, keeps what it has, and looks again.
    { name: files.keyFile, content: renewed.keyPem, mode: SECRET },
    {
      name: files.certificateFile,
      content: renewed.certificatePem,
      mode: PUBLIC,
    },
    ...keystoreOf(files, renewed),
    { name: CONNECTION_FILE, content: `${text}\n`, mode: PUBLIC },
  ]);
  return notAfter;
}

/**
 * A keystore of the bundle that still has the certificate before: JKS is asked
 * for at the download, and made by the portal alone.
 *
 * @returns its name, where there is one
 */
export async function leftIn(source: string): Promise<string | undefined> {
  const { store } = await renewableIn(source);
  return (await store.read(JKS_FILE)) ? JKS_FILE : undefined;
}

function keystoreOf(
  { keystoreFile }: ClientCertificateFiles,
  { keystore }: RenewedCertificate,
): NewFile[] {
  if (!keystoreFile) return [];
  if (keystore) {
    return [{ name: keystoreFile, content: keystore, mode: SECRET }];
  }
  throw unusable(`it lacks ${keystoreFile}, which the bundle has`);
}

async function replace(
  store: BundleStore,
  files: readonly NewFile[],
): Promise<void> {
  const outside = files.find(({ name }) => name === '.' || name === '..');
  if (outside) throw unusable(`"${outside.name}" is no file of the bundle`);
  await store.replace(files);
}

async function readLeaf(
  store: BundleStore,
  name: string,
): Promise<X509Certificate | undefined> {
  try {
    return new X509Certificate((await store.read(name))!);
  } catch {
    return undefined;
  }
}

function verified(
  { certificatePem, keyPem }: RenewedCertificate,
  before: X509Certificate | undefined,
  now: Date,
): Date {
  const leaf = leafOf(certificatePem);
  if (!isKeyOf(leaf, keyPem)) {
    throw unusable('its key does not belong to the certificate');
  }
  const notAfter = new Date(leaf.validTo);
  if (notAfter <= now) throw unusable(`it expired on ${leaf.validTo}`);
  if (before && before.subjectAltName !== leaf.subjectAltName) {
    throw unusable(
      `it is for ${leaf.subjectAltName}, and the one here for ${before.subjectAltName}`,
    );
  }
  return notAfter;
}

function leafOf(pem: string): X509Certificate {
  try {
    const [first, ...others] = splitPem(pem);
    others.forEach(other => new X509Certificate(other));
    return new X509Certificate(first);
  } catch {
    throw unusable('it is not a certificate in PEM');
  }
}

function isKeyOf(leaf: X509Certificate, keyPem: string): boolean {
  try {
    return leaf.checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return false;
  }
}

function unusable(why: string): ConnectError {
  return new ConnectError(
    'Unexpected',
    `The portal's certificate cannot be used: ${why}. The one that is here stays`,
    'Try again; if that does not help, download the bundle again',
  );
}
