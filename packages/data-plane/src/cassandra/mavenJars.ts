import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import type { Log } from '../log';
import { packageRoot } from '../packageRoot';
import { findJava, onPath, type Java } from './java';
import { run } from './run';
import type { FindCassandraOptions } from './types';

/** Somebody else fetching the same: 67 MB, 10 to 60 s. */
const LOCK_RETRIES = { forever: true, minTimeout: 250, maxTimeout: 1000 };

/** What runs in a JVM, and of which jars. */
export interface JavaProgram {
  /** For people: `Cassandra`. */
  readonly name: string;
  /** Of its `pom.xml` in this package, and the beginning of where its jars are kept. */
  readonly folder: string;
  /** Its version is that of the program. */
  readonly artifact: string;
  /** For people: `67 MB`. */
  readonly size: string;
}

/** A program that can be run here. */
export interface JavaInstallation {
  readonly available: true;
  /** The `java` binary, of version 11 or 17. */
  readonly java: string;
  readonly javaVersion: Java['version'];
  /** Directory with all jars. */
  readonly classPathDir: string;
  /** Of the program, such as `5.0.8`. */
  readonly version: string;
}

/** Looks for what a program needs, and fetches it once. */
export async function findJavaProgram(
  program: JavaProgram,
  options: FindCassandraOptions,
): Promise<JavaInstallation | { readonly available: false; why: string }> {
  const { environment = process.env } = options;
  const java = await findJava(program.name, environment, options.signal);
  if ('why' in java) return { available: false, why: java.why };
  const pomFile = path.join(packageRoot(), program.folder, 'pom.xml');
  const pom = await readFile(pomFile, 'utf8');
  const jars = await provideJars(program, pomFile, pom, options);
  if ('why' in jars) return { available: false, why: jars.why };
  return {
    available: true,
    java: java.java,
    javaVersion: java.version,
    classPathDir: jars.directory,
    version: versionIn(pom, program),
  };
}

function versionIn(pom: string, { artifact }: JavaProgram): string {
  const version = new RegExp(
    `>${artifact}</artifactId>\\s*<version>([^<]+)<`,
  ).exec(pom);
  return version![1];
}

type Jars = { readonly directory: string } | { readonly why: string };

/** The directory of jars for this pom, which is complete once it is there. */
async function provideJars(
  program: JavaProgram,
  pomFile: string,
  pom: string,
  options: FindCassandraOptions,
): Promise<Jars> {
  const { environment = process.env } = options;
  const cacheDir =
    options.cacheDir ??
    path.join(
      environment.XDG_CACHE_HOME || path.join(homedir(), '.cache'),
      'ringfence',
    );
  const hash = createHash('sha256').update(pom).digest('hex').slice(0, 12);
  const directory = path.join(cacheDir, `${program.folder}-${hash}`);
  if (await exists(directory)) return { directory };
  await mkdir(cacheDir, { recursive: true });
  // Held by a heartbeat, so that a fetch that was killed blocks nobody for long.
  const release = await lock(directory, {
    realpath: false,
    retries: LOCK_RETRIES,
  });
  try {
    if (await exists(directory)) return { directory };
    return await fetchJars(program, pomFile, directory, options);
  } finally {
    await release();
  }
}

async function fetchJars(
  { name, size }: JavaProgram,
  pomFile: string,
  directory: string,
  {
    log,
    signal,
    environment = process.env,
  }: { log: Log } & FindCassandraOptions,
): Promise<Jars> {
  const maven = await findMaven(environment);
  if (!maven) {
    return {
      why: `${name} is fetched with Maven, and there is no "mvn" in PATH`,
    };
  }
  log.info(`Fetching ${name} with Maven: about ${size}, once`);
  const started = Date.now();
  const unfinished = await mkdtemp(`${directory}-`);
  try {
    const { exitCode, stdout } = await run(
      maven,
      [
        '--batch-mode',
        '--quiet',
        `--file=${pomFile}`,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${unfinished}`,
      ],
      { signal, env: environment, cwd: unfinished },
    );
    if (exitCode !== 0) return { why: mavenFailed(name, stdout) };
    await rename(unfinished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  log.info(`Fetched ${name} in ${seconds} s into ${directory}`);
  return { directory };
}

async function findMaven(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  for (const candidate of onPath('mvn', environment)) {
    if (await exists(candidate)) return candidate;
  }
  return undefined;
}

function mavenFailed(name: string, output: string): string {
  const first = output.split('\n').find(line => line.includes('[ERROR]'));
  return `Maven could not fetch ${name}: ${
    first?.replace(/^.*\[ERROR\]\s*/, '') ?? 'it gave no reason'
  }`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
