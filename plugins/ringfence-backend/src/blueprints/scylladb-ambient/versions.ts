import {
  findReleaseLine,
  type ReleaseLine,
} from '@ringfence/backstage-plugin-ringfence-node';

/** One release line of ScyllaDB. */
export interface ScyllaReleaseLine extends ReleaseLine {
  /**
   * Whether a fresh ring has the public login cassandra/cassandra. From 2026.2
   * on it has none, and the first superuser comes from the settings.
   */
  readonly makesPublicSuperuser: boolean;
}

/** The release lines that this blueprint knows, newest first. */
export const RELEASE_LINES: readonly ScyllaReleaseLine[] = [
  { line: '2026.2', latest: '2026.2.5', makesPublicSuperuser: false },
  {
    line: '2026.1',
    longTermSupport: true,
    latest: '2026.1.11',
    makesPublicSuperuser: true,
  },
];

/**
 * The newest line with long-term support: fixes for years without a change of
 * behaviour, which is what a database that nobody watches daily needs. Feature
 * lines are left behind within months.
 */
export const DEFAULT_VERSION = RELEASE_LINES.find(
  line => line.longTermSupport,
)!.latest;

/** The release line of a version that the spec has let through. */
export function releaseLineOf(version: string): ScyllaReleaseLine {
  const line = findReleaseLine(RELEASE_LINES, version);
  if (!line) throw new Error(`ScyllaDB version "${version}" is not known`);
  return line;
}
