import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import {
  connectionSchema,
  type ClientCertificateFiles,
  type Connection,
} from '@ringfence/connection';
import { splitPem } from '@ringfence/connection/dial';
import { readOwn, requireOwnFolder } from '../bundle';
import { ConnectError } from '../ConnectError';
import type { RenewedCertificate } from './askPortal';

const CONNECTION_FILE = 'connection.json';
const SECRET = 0o600;
const PUBLIC = 0o644;

/**
 * The certificate that a folder was unpacked with.
 *
 * @throws ConnectError where it is not a folder, others can change it, or it has none that is renewed
 */
export async function renewableIn(folder: string): Promise<{
  connection: Connection;
  files: ClientCertificateFiles & { renewUrl: string };
}> {
  if (!(await isFolder(folder))) {
    throw new ConnectError(
      'Usage',
      `"${folder}" is not a folder`,
      'Unpack the bundle, and give the folder: files in a zip are not replaced',
    );
  }
  await requireOwnFolder(folder, {
    name: `Bundle "${folder}"`,
    reason: 'Bundle',
  });
  const connection = await readConnection(folder);
  const files = connection.tls.clientCertificate;
  if (files?.renewUrl) {
    return { connection, files: { ...files, renewUrl: files.renewUrl } };
  }
  throw new ConnectError(
    'Bundle',
    `Bundle "${folder}" has no client certificate that the portal renews`,
    'Download the bundle with the client certificate of your team',
  );
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await fs.stat(path).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}

async function readConnection(folder: string): Promise<Connection> {
  const name = `File "${CONNECTION_FILE}" of bundle "${folder}"`;
  try {
    // It says where the token goes.
    const text = await readOwn(join(folder, CONNECTION_FILE), {
      ...{ name, reason: 'Bundle' },
    });
    return connectionSchema.parse(JSON.parse(text.toString('utf8')));
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    throw new ConnectError(
      'Bundle',
      `Bundle "${folder}" cannot be used: its ${CONNECTION_FILE} is missing or damaged`,
      'Download the bundle again',
      error,
    );
  }
}

/**
 * Puts a renewed certificate in the place of the one in the folder. All new
 * files are there, whole, before the first takes the place of an old one.
 *
 * @returns until when it is valid
 * @throws ConnectError where it is none that this bundle can use; the old files stay
 */
export async function replaceCertificate(
  folder: string,
  renewed: RenewedCertificate,
  now: Date,
): Promise<Date> {
  const { connection, files } = await renewableIn(folder);
  const before = await readLeaf(join(folder, files.certificateFile));
  const notAfter = verified(renewed, before, now);
  const tls = {
    ...connection.tls,
    clientCertificate: { ...files, notAfter: notAfter.toISOString() },
  };
  const text = JSON.stringify({ ...connection, tls }, undefined, 2);
  await replaceFiles(folder, [
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

interface NewFile {
  readonly name: string;
  readonly content: string | Buffer;
  readonly mode: number;
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

async function replaceFiles(
  folder: string,
  files: readonly NewFile[],
): Promise<void> {
  const outside = files.find(({ name }) => name === '.' || name === '..');
  if (outside) throw unusable(`"${outside.name}" is no file of the bundle`);
  const suffix = `.${randomBytes(6).toString('hex')}.new`;
  const path = (name: string) => join(folder, name);
  try {
    for (const { name, content, mode } of files) {
      const file = await fs.open(`${path(name)}${suffix}`, 'wx', mode);
      try {
        // Whatever the umask: clients of this user must be able to read it.
        await file.chmod(mode);
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const { name } of files) {
      await fs.rename(`${path(name)}${suffix}`, path(name));
    }
  } finally {
    for (const { name } of files) {
      await fs.rm(`${path(name)}${suffix}`, { force: true });
    }
  }
}

async function readLeaf(path: string): Promise<X509Certificate | undefined> {
  try {
    return new X509Certificate(await fs.readFile(path));
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
