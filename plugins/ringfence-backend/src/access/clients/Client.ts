import type { Connection, ConnectionNode } from '@ringfence/connection';

/** What a client is told: all of it from `connection.json`, nothing secret. */
export interface ClientValues {
  readonly database: string;
  /** What is spoken inside TLS. */
  readonly protocol: Connection['protocol'];
  /** Where proxies on the client's machine listen: on the port that the protocol has everywhere. */
  readonly localPort: number;
  /** The variable from which every example takes the password. */
  readonly passwordVariable: string;
  /** Where the REST API is served; absent: nowhere. */
  readonly rest?: { readonly host: string; readonly port: number };
  /** Of the preferred endpoint. */
  readonly host: string;
  readonly port: number;
  /** Sent as SNI and verified. */
  readonly serverName: string;
  /** Of a CQL ring; empty for any other protocol. */
  readonly datacenter: string;
  /** CIDR blocks of addresses that clients must not dial. */
  readonly nodeSubnets: readonly string[];
  /** Empty: the database knows no logins. */
  readonly username: string;
  /** Whether the gateway takes TLS from outside on the port that nodes have, too. */
  readonly hasCqlPort: boolean;
  /** With routing per node: the nodes as drivers see them, and their names. Empty: the gateway picks. */
  readonly nodes: readonly ConnectionNode[];
  /** Names of the files of the client's certificate, where the bundle has one. */
  readonly certificate?: CertificateFiles;
  /** Whether only connections with the post-quantum hybrid may be made. */
  readonly needsHybrid: boolean;
  /** The text of `connection.json`. */
  readonly connectionText: string;
  /** Name and text of the CA's file. */
  readonly ca: { readonly file: string; readonly pem: string };
}

/** Files of a client's certificate in the bundle's folder. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** PKCS #12 with both. */
  readonly keystore: string;
}

/** The group of key exchange that is post-quantum and classical at once. */
export const HYBRID_GROUP = 'X25519MLKEM768';

/** The port of CQL, which every node has. */
export const CQL_PORT = 9042;

/** One file for a client. */
export interface ClientFile {
  /** In the bundle. */
  readonly path: string;
  readonly description: string;
  readonly text: string;
  readonly executable?: boolean;
}

/** How one client is made to connect: complete, with verification on. */
export interface Client {
  readonly id: string;
  readonly title: string;
  /** Of the first file, for highlighting. */
  readonly language: string;
  /** One line that its user must know. */
  readonly note?: string;
  /** The shell commands that run it, in the bundle's folder. */
  run(values: ClientValues): readonly string[];
  /** Whether it can connect to this database. @defaultValue always */
  isServed?(values: ClientValues): boolean;
  /** Whether it reaches each node by its name, where nodes have names. @defaultValue it goes by the shared name */
  readonly isPerNode?: boolean;
  /** Whether its file can insist on the hybrid key exchange. @defaultValue it cannot */
  readonly insistsOnHybrid?: boolean;
  /** The first file is the one to show. */
  files(values: ClientValues): readonly [ClientFile, ...ClientFile[]];
}

/** The variable from which every example for CQL takes the password. */
export const PASSWORD_VARIABLE = 'CASSANDRA_PASSWORD';

/** What clients of each protocol take for granted. */
export const PROTOCOLS = {
  cql: { port: CQL_PORT, passwordVariable: PASSWORD_VARIABLE },
  ignite: { port: 10800, passwordVariable: 'IGNITE_PASSWORD' },
} as const satisfies Record<
  Connection['protocol'],
  { readonly port: number; readonly passwordVariable: string }
>;
