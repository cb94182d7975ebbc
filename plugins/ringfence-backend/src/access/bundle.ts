import { X509Certificate } from 'node:crypto';
import type {
  Access,
  Snippet,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import type { Connection } from '@ringfence/connection';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { readCertificates } from '../checks/x509';
import {
  clients,
  CQL_PORT,
  PROTOCOLS,
  type CertificateFiles,
  type Client,
  type ClientValues,
} from './clients';
import { jksFiles } from './jks';
import { makeKeystore } from './keystore';
import { STORE_PASSWORD } from './pkcs12';
import { readme } from './readme';
import { makeTruststore, TRUSTSTORE_FILE } from './truststore';

/** One file of a bundle. */
export interface BundleContent {
  readonly path: string;
  readonly description: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
  /** Whether nobody but its owner may read it. */
  readonly isSecret?: boolean;
}

/** A certificate that a client shows to the database, and its key. */
export interface ClientCertificate {
  /** The certificate, then those between it and its CA. */
  readonly certificatePem: string;
  readonly keyPem: Secret;
  /** For whom it was issued. */
  readonly team: string;
  readonly notAfter: Date;
  /** Where the next one is asked for. */
  readonly renewUrl?: string;
}

/** What else a bundle is to have. */
export interface BundleOptions {
  /** The stores in JKS as well, beside those in PKCS #12, which the examples read. */
  readonly format?: 'jks';
}

const CERTIFICATE_FILES: CertificateFiles = {
  certificate: 'client.crt',
  key: 'client.key',
  keystore: 'client.p12',
};

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

/** The connection as a client with this certificate has it. */
function withCertificate(
  connection: Connection,
  certificate?: ClientCertificate,
): Connection {
  if (!certificate) return connection;
  const { team, notAfter, renewUrl } = certificate;
  const clientCertificate = {
    certificateFile: CERTIFICATE_FILES.certificate,
    keyFile: CERTIFICATE_FILES.key,
    keystoreFile: CERTIFICATE_FILES.keystore,
    team,
    notAfter: notAfter.toISOString(),
    ...(renewUrl && { renewUrl }),
  };
  return { ...connection, tls: { ...connection.tls, clientCertificate } };
}

/** The files of a bundle, sorted by path. */
export function bundleContents(
  shared: Connection,
  caPem: string,
  certificate?: ClientCertificate,
  { format }: BundleOptions = {},
): BundleContent[] {
  const connection = withCertificate(shared, certificate);
  const authorities = readCertificates(caPem);
  const values = clientValues(connection, caPem);
  const served = clientsOf(values);
  const stores = [
    truststore(authorities),
    ...(certificate ? identityFiles(certificate) : []),
    ...(format === 'jks' ? jksFiles(authorities, certificate) : []),
  ];
  const contents = [
    text(
      'README.md',
      'Three steps to the first query',
      readme({
        connection,
        authorities,
        clients: served,
        excluded: clients[values.protocol].filter(
          client => !served.includes(client),
        ),
        values,
        secretFiles: stores.flatMap(it => (it.isSecret ? it.path : [])),
      }),
    ),
    text(
      'connection.json',
      'Addresses, names and fingerprints, for ringfence-connect and other programs',
      values.connectionText,
    ),
    text(connection.tls.caFile, 'The CA to trust, in PEM', caPem),
    ...stores,
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

function identityFiles({
  certificatePem,
  keyPem,
  team,
}: ClientCertificate): BundleContent[] {
  const key = keyPem.reveal();
  const chain = readCertificates(certificatePem);
  return [
    text(
      CERTIFICATE_FILES.certificate,
      `What clients of "${team}" show of themselves, in PEM`,
      certificatePem,
    ),
    {
      ...text(CERTIFICATE_FILES.key, 'The private key of it, in PEM', key),
      isSecret: true,
    },
    {
      path: CERTIFICATE_FILES.keystore,
      description: `Both for Java and .NET (PKCS #12, password "${STORE_PASSWORD}")`,
      content: makeKeystore(chain, key),
      executable: false,
      isSecret: true,
    },
  ];
}

/** What makes each client connect, to be shown. */
export function snippets(connection: Connection, caPem: string): Snippet[] {
  const values = clientValues(connection, caPem);
  return clientsOf(values).map(client => snippetOf(client, values));
}

function clientsOf(values: ClientValues): Client[] {
  return clients[values.protocol].filter(
    client =>
      (client.isServed?.(values) ?? true) &&
      // A file that cannot insist on it would connect without it, too.
      (!values.needsHybrid || client.insistsOnHybrid),
  );
}

function snippetOf(client: Client, values: ClientValues): Snippet {
  const [main] = client.files(values);
  return {
    id: client.id,
    title: client.title,
    path: main.path,
    language: client.language,
    ...(client.note && { note: client.note }),
    ...(values.nodes.length > 0 && {
      routing: client.isPerNode ? ('per-node' as const) : ('shared' as const),
    }),
    text: main.text,
  };
}

function clientValues(connection: Connection, caPem: string): ClientValues {
  const [{ host, port }] = connection.endpoints;
  const { protocol, rest } = connection;
  return {
    database: connection.database.name,
    protocol,
    localPort: PROTOCOLS[protocol].port,
    passwordVariable: PROTOCOLS[protocol].passwordVariable,
    ...(rest && { rest: rest.endpoints[0] }),
    host,
    port,
    serverName: connection.tls.serverName,
    datacenter: connection.cql?.datacenter ?? '',
    nodeSubnets: connection.cql?.nodeSubnets ?? [],
    username: connection.role ?? '',
    hasCqlPort: connection.endpoints.some(
      endpoint => endpoint.host === host && endpoint.port === CQL_PORT,
    ),
    nodes: connection.cql?.nodes ?? [],
    ...(connection.tls.clientCertificate && { certificate: CERTIFICATE_FILES }),
    needsHybrid: connection.tls.keyExchange === 'hybrid-required',
    connectionText: `${JSON.stringify(connection, undefined, 2)}\n`,
    ca: { file: connection.tls.caFile, pem: caPem },
  };
}

function modeOf({ executable, isSecret }: BundleContent): number {
  if (isSecret) return 0o600;
  return executable ? 0o755 : 0o644;
}

/**
 * The downloadable bundle: a zip of text files, configuration and the CA. The
 * same access, certificate and options give the same bytes.
 */
export async function makeBundle(
  { connection, ca }: Pick<Access, 'connection' | 'ca'>,
  certificate?: ClientCertificate,
  options?: BundleOptions,
): Promise<Uint8Array> {
  const files: Zippable = {};
  for (const file of bundleContents(connection, ca.pem, certificate, options)) {
    const mode = modeOf(file);
    files[file.path] = [
      file.content,
      // The upper half of a zip's attributes holds what Unix keeps of a file.
      { mtime: ZIP_EPOCH, os: UNIX, attrs: (REGULAR_FILE + mode) * 2 ** 16 },
    ];
  }
  return zipSync(files, { level: 9 });
}
