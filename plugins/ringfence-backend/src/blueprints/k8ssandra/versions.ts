import {
  findReleaseLine,
  type ReleaseLine,
} from '@ringfence/backstage-plugin-ringfence-node';

/** The release lines that this blueprint knows, newest first. */
export const RELEASE_LINES: readonly ReleaseLine[] = [
  { line: '5.0', latest: '5.0.8' },
  { line: '4.1', latest: '4.1.10' },
];

/** The newest line: Cassandra upgrades between neighbouring lines only, so a new ring begins as late as it can. */
export const DEFAULT_VERSION = RELEASE_LINES[0].latest;

/** The release line of a version that the spec has let through. */
export function releaseLineOf(version: string): ReleaseLine {
  const line = findReleaseLine(RELEASE_LINES, version);
  if (!line) throw new Error(`Cassandra version "${version}" is not known`);
  return line;
}
