import { X509Certificate } from 'node:crypto';
import type {
  Access,
  Snippet,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Connection } from '@ringfence/connection';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { readCertificates } from '../checks/x509';
import { clients, CQL_PORT, type Client, type ClientValues } from './clients';
import { readme } from './readme';
import { makeTruststore, TRUSTSTORE_FILE } from './truststore';

/** One file of a bundle. */
export interface BundleContent {
  readonly path: string;
  readonly description: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

const UNIX = 3;
const REGULAR_FILE = 0o100000;
/**
 * The oldest date that a zip can hold. In local time, since that is what the
 * format and `fflate` mean by a date: the bytes are the same in every zone.
 */
const ZIP_EPOCH = new Date(1980, 0, 1);

/** Name of the bundle's file. */
export function bundleFileName({ database }: Connection): string {
  return `${database.kubernetesCluster}-${database.namespace}-bundle.zip`;
}

/** The files of a bundle, sorted by path. */
export function bundleContents(
  connection: Connection,
  caPem: string,
): BundleContent[] {
  const authorities = readCertificates(caPem);
  const values = clientValues(connection, caPem);
  const served = clientsOf(values);
  const contents = [
    text(
      'README.md',
      'Three steps to the first query',
      readme({ connection, authorities, clients: served, values }),
    ),
    text(
      'connection.json',
      'Addresses, names and fingerprints, for ringfence-connect and other programs',
      values.connectionText,
    ),
    text(connection.tls.caFile, 'The CA to trust, in PEM', caPem),
    truststore(authorities),
    ...served.flatMap(client =>
      client
        .files(values)
        .map(file =>
          text(file.path, file.description, file.text, file.executable),
        ),
    ),
  ];
  return contents.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function text(
  path: string,
  description: string,
  content: string,
  executable = false,
): BundleContent {
  return { path, description, content: strToU8(content), executable };
}

function truststore(authorities: readonly X509Certificate[]): BundleContent {
  return {
    path: TRUSTSTORE_FILE,
    description: 'The same CA for Java (PKCS #12, password "changeit")',
    content: makeTruststore(authorities),
    executable: false,
  };
}

/** What makes each client connect, to be shown. */
export function snippets(connection: Connection, caPem: string): Snippet[] {
  const values = clientValues(connection, caPem);
  return clientsOf(values).map(client => snippetOf(client, values));
}

function clientsOf(values: ClientValues): Client[] {
  return clients.filter(client => client.isServed?.(values) ?? true);
}

function snippetOf(client: Client, values: ClientValues): Snippet {
  const [main] = client.files(values);
  return {
    id: client.id,
    title: client.title,
    path: main.path,
    language: client.language,
    ...(client.note && { note: client.note }),
    text: main.text,
  };
}

function clientValues(connection: Connection, caPem: string): ClientValues {
  const [{ host, port }] = connection.endpoints;
  return {
    database: connection.database.name,
    host,
    port,
    serverName: connection.tls.serverName,
    datacenter: connection.cql?.datacenter ?? '',
    nodeSubnets: connection.cql?.nodeSubnets ?? [],
    username: connection.role ?? '',
    hasCqlPort: connection.endpoints.some(
      endpoint => endpoint.host === host && endpoint.port === CQL_PORT,
    ),
    connectionText: `${JSON.stringify(connection, undefined, 2)}\n`,
    ca: { file: connection.tls.caFile, pem: caPem },
  };
}

/**
 * The downloadable bundle: a zip of text files, configuration and the CA. The
 * same access gives the same bytes.
 */
export async function makeBundle(
  access: Pick<Access, 'connection' | 'ca'>,
): Promise<Uint8Array> {
  const files: Zippable = {};
  for (const file of bundleContents(access.connection, access.ca.pem)) {
    const mode = file.executable ? 0o755 : 0o644;
    files[file.path] = [
      file.content,
      // The upper half of a zip's attributes holds what Unix keeps of a file.
      { mtime: ZIP_EPOCH, os: UNIX, attrs: (REGULAR_FILE + mode) * 2 ** 16 },
    ];
  }
  return zipSync(files, { level: 9 });
}
