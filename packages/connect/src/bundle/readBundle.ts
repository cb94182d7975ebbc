import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { connectionSchema, type Connection } from '@ringfence/connection';
import {
  fingerprintsOf,
  type ClientCertificate,
} from '@ringfence/connection/dial';
import { ConnectError } from '../ConnectError';
import { readClientCertificate } from './clientCertificate';
import { readOwn, requireOwnFolder, type FileRole } from './readOwn';
import { unpack } from './zip';

const CONNECTION_FILE = 'connection.json';
const DOWNLOAD_AGAIN = 'Download the bundle again';

/** What a bundle says. */
export interface Bundle {
  readonly connection: Connection;
  /** The CA certificates, whose fingerprints are those of `connection`. */
  readonly caPem: string;
  /** What the client shows of itself, where the bundle was made for one. */
  readonly clientCertificate?: ClientCertificate;
  /** The files on disk that this was read from. */
  readonly paths: readonly string[];
  /** Texts of a folder of the bundle by path, such as `python/example.py`. */
  readonly textsIn: (folder: string) => Promise<ReadonlyMap<string, string>>;
}

/** A bundle, packed or not. */
interface Source {
  /** The content of a file, or undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Paths of the files right in a folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Where a file is on disk. */
  onDisk(path: string): string;
}

/**
 * Reads a bundle, packed or unpacked.
 *
 * @param source - path of a zip or of a folder
 * @throws ConnectError with reason `Bundle`
 */
export async function readBundle(source: string): Promise<Bundle> {
  const files = await openSource(source);
  const connection = parseConnection(
    await requireFile(files, CONNECTION_FILE, source),
    source,
  );
  const { caFile } = connection.tls;
  const caPem = await requireFile(files, caFile, source);
  requireFingerprints(connection, caPem, source);
  const clientCertificate = await readClientCertificate(
    connection,
    source,
    path => requireFile(files, path, source),
  );
  const { certificateFile, keyFile } = connection.tls.clientCertificate ?? {};
  const names = [CONNECTION_FILE, caFile, certificateFile, keyFile];
  const paths = new Set(
    names.flatMap(name => (name ? files.onDisk(name) : [])),
  );
  return {
    connection,
    caPem,
    ...(clientCertificate && { clientCertificate }),
    paths: [...paths],
    textsIn: folder => readTexts(files, folder),
  };
}

async function readTexts({ read, list }: Source, folder: string) {
  const texts = new Map<string, string>();
  for (const path of await list(folder)) {
    texts.set(path, Buffer.from((await read(path))!).toString('utf8'));
  }
  return texts;
}

async function openSource(source: string): Promise<Source> {
  try {
    const role: FileRole = { name: `Bundle "${source}"`, reason: 'Bundle' };
    if ((await fs.stat(source)).isDirectory()) {
      await requireOwnFolder(source, role);
      return openFolder(source);
    }
    const files = unpack(await readOwn(source, role), source);
    return {
      read: async path => files.get(path),
      list: async folder =>
        [...files.keys()].filter(path => dirname(path) === folder).sort(),
      onDisk: () => source,
    };
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new ConnectError(
      'Bundle',
      code === 'ENOENT'
        ? `Bundle "${source}" does not exist`
        : `Bundle "${source}" cannot be read (${code})`,
      'Give the path of the downloaded zip, or of the folder that it was unpacked to',
      error,
    );
  }
}

function openFolder(source: string): Source {
  return {
    read: path => readIfThere(source, path),
    list: async folder => {
      const entries = await fs
        .readdir(join(source, folder), { withFileTypes: true })
        .catch(() => []);
      return entries
        .filter(entry => entry.isFile())
        .map(({ name }) => `${folder}/${name}`)
        .sort();
    },
    onDisk: path => join(source, path),
  };
}

async function readIfThere(
  source: string,
  path: string,
): Promise<Uint8Array | undefined> {
  const name = `File "${path}" of bundle "${source}"`;
  try {
    return await readOwn(join(source, path), { name, reason: 'Bundle' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function requireFile(
  { read }: Source,
  path: string,
  source: string,
): Promise<string> {
  const content = await read(path);
  if (content) return Buffer.from(content).toString('utf8');
  throw new ConnectError(
    'Bundle',
    `Bundle "${source}" lacks ${path}`,
    `${DOWNLOAD_AGAIN}, and give it whole`,
  );
}

function parseConnection(text: string, source: string): Connection {
  const result = connectionSchema.safeParse(parseJson(text, source));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [CONNECTION_FILE, ...issue.path].join('.');
  throw new ConnectError(
    'Bundle',
    `Bundle "${source}" cannot be used: ${path}: ${issue.message}`,
    `${DOWNLOAD_AGAIN}; if that does not help, update ringfence-connect`,
  );
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConnectError(
      'Bundle',
      `Bundle "${source}" cannot be used: ${CONNECTION_FILE} is not JSON`,
      DOWNLOAD_AGAIN,
      error,
    );
  }
}

function requireFingerprints(
  connection: Connection,
  caPem: string,
  source: string,
): void {
  const { caFile, caSha256 } = connection.tls;
  const found = fingerprintsIn(caPem);
  const same =
    found.length === caSha256.length &&
    found.every(fingerprint => caSha256.includes(fingerprint));
  if (same) return;
  throw new ConnectError(
    'Bundle',
    `Bundle "${source}" does not fit together: ${caFile} has ${
      found.join(', ') || 'no certificate'
    }, ${CONNECTION_FILE} expects ${caSha256.join(', ')}`,
    `${DOWNLOAD_AGAIN}: its files are of different bundles, or were changed`,
  );
}

function fingerprintsIn(pem: string): string[] {
  try {
    return fingerprintsOf(pem);
  } catch {
    return [];
  }
}
