import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import { packageRoot } from '../packageRoot';
import { findJava, onPath } from './java';
import { run } from './run';
import type {
  CassandraInstallation,
  CassandraUnavailable,
  FindCassandraOptions,
} from './types';

/** Somebody else fetching the same: 67 MB, 10 to 60 s. */
const LOCK_RETRIES = { forever: true, minTimeout: 250, maxTimeout: 1000 };

/** Looks for what Cassandra needs, and fetches Cassandra itself once. */
export async function findCassandra(
  options: FindCassandraOptions,
): Promise<CassandraInstallation | CassandraUnavailable> {
  const { platform = process.platform, environment = process.env } = options;
  if (platform !== 'linux') {
    return unavailable(
      `a real ring needs Linux, this is ${platform}: only there every address of 127.0.0.0/8 can be listened on without further ado`,
    );
  }
  const java = await findJava(environment, options.signal);
  if ('why' in java) return unavailable(java.why);
  const pomFile = path.join(packageRoot(), 'cassandra', 'pom.xml');
  const pom = await readFile(pomFile, 'utf8');
  const jars = await provideJars(pomFile, pom, options);
  if ('why' in jars) return unavailable(jars.why);
  return {
    available: true,
    java: java.java,
    javaVersion: java.version,
    classPathDir: jars.directory,
    version: versionIn(pom),
  };
}

function unavailable(why: string): CassandraUnavailable {
  return { available: false, why };
}

function versionIn(pom: string): string {
  return />cassandra-all<\/artifactId>\s*<version>([^<]+)</.exec(pom)![1];
}

type Jars = { readonly directory: string } | { readonly why: string };

/** The directory of jars for this pom, which is complete once it is there. */
async function provideJars(
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
  const directory = path.join(cacheDir, `cassandra-${hash}`);
  if (await exists(directory)) return { directory };
  await mkdir(cacheDir, { recursive: true });
  // Held by a heartbeat, so that a fetch that was killed blocks nobody for long.
  const release = await lock(directory, {
    realpath: false,
    retries: LOCK_RETRIES,
  });
  try {
    if (await exists(directory)) return { directory };
    return await fetchJars(pomFile, directory, options);
  } finally {
    await release();
  }
}

async function fetchJars(
  pomFile: string,
  directory: string,
  { log, signal, environment = process.env }: FindCassandraOptions,
): Promise<Jars> {
  const maven = await findMaven(environment);
  if (!maven) {
    return {
      why: 'Cassandra is fetched with Maven, and there is no "mvn" in PATH',
    };
  }
  log.info('Fetching Cassandra with Maven: about 67 MB, once');
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
    if (exitCode !== 0) return { why: mavenFailed(stdout) };
    await rename(unfinished, directory);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  log.info(`Fetched Cassandra in ${seconds} s into ${directory}`);
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

function mavenFailed(output: string): string {
  const first = output.split('\n').find(line => line.includes('[ERROR]'));
  return `Maven could not fetch Cassandra: ${
    first?.replace(/^.*\[ERROR\]\s*/, '') ?? 'it gave no reason'
  }`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
