import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run';

/** Where distributions of Linux put theirs. */
const JVM_DIR = '/usr/lib/jvm';

/** What Cassandra 5.0 and Ignite 2 run on. @see https://cassandra.apache.org/doc/5.0/cassandra/installing/installing.html#prerequisites */
const SUPPORTED = [17, 11] as const;

/** A Java that databases run on. */
export interface Java {
  readonly java: string;
  readonly version: (typeof SUPPORTED)[number];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Looks for Java in `JAVA_HOME`, then in `PATH`, then where Linux has it.
 *
 * @param program - what it is for, in the words of people
 */
export async function findJava(
  program: string,
  environment: Environment,
  signal?: AbortSignal,
): Promise<Java | { readonly why: string }> {
  const seen: string[] = [];
  for (const java of await candidates(environment)) {
    const version = await versionOf(java, environment, signal);
    const supported = SUPPORTED.find(it => it === version);
    if (supported) return { java, version: supported };
    if (version) seen.push(`${java} is Java ${version}`);
  }
  return {
    why: `${program} needs Java 11 or 17: ${
      seen.join(', ') || 'there is no Java'
    }`,
  };
}

async function candidates(environment: Environment): Promise<string[]> {
  const installed = await readdir(JVM_DIR).catch(() => []);
  return [
    ...(environment.JAVA_HOME
      ? [path.join(environment.JAVA_HOME, 'bin', 'java')]
      : []),
    ...onPath('java', environment),
    ...installed
      .filter(it => /\b(11|17)\b/.test(it))
      .sort()
      .reverse()
      .map(it => path.join(JVM_DIR, it, 'bin', 'java')),
  ];
}

/** A command in every directory of `PATH`; whether it is there shows when it is run. */
export function onPath(command: string, environment: Environment): string[] {
  return (environment.PATH ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .map(directory => path.join(directory, command));
}

/** @returns undefined where it is no Java */
async function versionOf(
  java: string,
  environment: Environment,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const { stderr } = await run(java, ['-version'], {
    signal,
    env: environment,
  });
  return javaVersionIn(stderr);
}

/**
 * The major version in what `java -version` prints; until 8 it was the second number.
 *
 * @returns undefined where there is none
 */
export function javaVersionIn(output: string): number | undefined {
  const match = / version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : undefined;
}
