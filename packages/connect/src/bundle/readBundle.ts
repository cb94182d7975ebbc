import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { connectionSchema, type Connection } from '@ringfence/connection';
import { fingerprintsOf } from '@ringfence/connection/dial';
import { ConnectError } from '../ConnectError';
import { unpack } from './zip';

const CONNECTION_FILE = 'connection.json';
const DOWNLOAD_AGAIN = 'Download the bundle again';

/** What a bundle says. */
export interface Bundle {
  readonly connection: Connection;
  /** The CA certificates, whose fingerprints are those of `connection`. */
  readonly caPem: string;
}

/** Gives the content of a file of the bundle, or undefined where there is none. */
type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

/**
 * Reads a bundle, packed or unpacked.
 *
 * @param source - path of a zip or of a folder
 * @throws ConnectError with reason `Bundle`
 */
export async function readBundle(source: string): Promise<Bundle> {
  const read = await openSource(source);
  const connection = parseConnection(
    await requireFile(read, CONNECTION_FILE, source),
    source,
  );
  const { caFile } = connection.tls;
  const caPem = await requireFile(read, caFile, source);
  requireFingerprints(connection, caPem, source);
  return { connection, caPem };
}

async function openSource(source: string): Promise<ReadFile> {
  try {
    if ((await fs.stat(source)).isDirectory()) {
      return path => readIfThere(join(source, path));
    }
    const files = unpack(await fs.readFile(source), source);
    return async path => files.get(path);
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

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await fs.readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function requireFile(
  read: ReadFile,
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
