/** Major, minor and patch of a version. */
export type Version = readonly [number, number, number];

/**
 * Reads a version out of a tag or annotation: `1.31.1`, `v1.6.0`,
 * `1.31.0-rc.0`, `v1.6`. What follows the numbers is left out.
 *
 * @returns undefined where the text does not begin with one
 */
export function parseVersion(text: string | undefined): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text ?? '');
  return match
    ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
    : undefined;
}

/** Whether `version` is `least` or later. */
export function isAtLeast(version: Version, least: Version): boolean {
  const index = version.findIndex((part, i) => part !== least[i]);
  return index === -1 || version[index] > least[index];
}
