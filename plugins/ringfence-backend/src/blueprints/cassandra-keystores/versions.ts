import {
  findReleaseLine,
  type ReleaseLine,
} from '@ringfence/backstage-plugin-ringfence-node';

/** The release lines that this blueprint knows, newest first: earlier ones read no PEM files. */
export const RELEASE_LINES: readonly CassandraStoresLine[] = [
  { line: '5.0', latest: '5.0.8', mapsCertificates: true },
  { line: '4.1', latest: '4.1.10', mapsCertificates: false },
];

/** One release line of Cassandra. */
export interface CassandraStoresLine extends ReleaseLine {
  /** Whether a client certificate can stand for a role: `MutualTlsAuthenticator`. */
  readonly mapsCertificates: boolean;
}

/** The newest line: Cassandra upgrades between neighbouring lines only, so a new ring begins as late as it can. */
export const DEFAULT_VERSION = RELEASE_LINES[0].latest;

/** The release line of a version that the spec has let through. */
export function releaseLineOf(version: string): CassandraStoresLine {
  const line = findReleaseLine(RELEASE_LINES, version);
  if (!line) throw new Error(`Cassandra version "${version}" is not known`);
  return line;
}
