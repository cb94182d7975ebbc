/** One release line of ScyllaDB. */
export interface ReleaseLine {
  /** Such as `2026.1`. */
  readonly line: string;
  readonly longTermSupport: boolean;
  /** The patch release that was looked at when this table was written. */
  readonly latest: string;
  /**
   * Whether a fresh ring has the public login cassandra/cassandra. From 2026.2
   * on it has none, and the first superuser comes from the settings.
   */
  readonly makesPublicSuperuser: boolean;
}

/** The release lines that this blueprint knows, newest first. */
export const RELEASE_LINES: readonly ReleaseLine[] = [
  {
    line: '2026.2',
    longTermSupport: false,
    latest: '2026.2.5',
    makesPublicSuperuser: false,
  },
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

/** @returns undefined for a version of an unknown line, or not of the form `2026.1.11` */
export function findReleaseLine(version: string): ReleaseLine | undefined {
  const match = /^(\d{4}\.\d{1,2})\.\d{1,3}$/.exec(version);
  return match
    ? RELEASE_LINES.find(({ line }) => line === match[1])
    : undefined;
}

/** The release line of a version that the spec has let through. */
export function releaseLineOf(version: string): ReleaseLine {
  const line = findReleaseLine(version);
  if (!line) throw new Error(`ScyllaDB version "${version}" is not known`);
  return line;
}

/** What to say about a version that is not known. */
export const KNOWN_VERSIONS_TEXT = RELEASE_LINES.map(
  ({ line, latest, longTermSupport }) =>
    `${line}.x (such as ${latest}${
      longTermSupport ? ', long-term support' : ''
    })`,
).join(', ');
