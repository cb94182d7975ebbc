import { z } from 'zod/v3';

/** One release line of a database. */
export interface ReleaseLine {
  /** Such as `2026.1`. */
  readonly line: string;
  /** The patch release that was looked at when the table was written. */
  readonly latest: string;
  /** Whether its makers promise fixes for years. */
  readonly longTermSupport?: boolean;
}

/** @returns undefined for a version of an unknown line, or not of the form `2026.1.11` */
export function findReleaseLine<Line extends ReleaseLine>(
  lines: readonly Line[],
  version: string,
): Line | undefined {
  const match = /^(\d{1,4}\.\d{1,2})\.\d{1,3}$/.exec(version);
  return match ? lines.find(({ line }) => line === match[1]) : undefined;
}

/** Field `version` of a spec: a patch release of a known line, and no floating tag. */
export function versionSchema(
  product: string,
  lines: readonly ReleaseLine[],
  preset: string,
) {
  return z
    .string()
    .default(preset)
    .describe(`Version of ${product}`)
    .refine(version => findReleaseLine(lines, version) !== undefined, {
      message: `is not a known version of ${product}; known are ${describeLines(
        lines,
      )}`,
    });
}

function describeLines(lines: readonly ReleaseLine[]): string {
  return lines
    .map(
      ({ line, latest, longTermSupport }) =>
        `${line}.x (such as ${latest}${
          longTermSupport ? ', long-term support' : ''
        })`,
    )
    .join(', ');
}
