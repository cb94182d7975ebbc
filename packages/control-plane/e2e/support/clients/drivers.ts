import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '@ringfence/data-plane';
import { cacheDir } from '../../../src/build';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Of the Python packages, as the package index has them. */
export const PYTHON_VERSIONS = {
  'cassandra-driver': '3.30.1',
  cqlsh: '6.2.2',
  'scylla-cqlsh': '6.0.40',
  'scylla-driver': '3.29.12',
} as const;

/** Two folders, since both kinds of driver are called `cassandra`. */
const PYTHON_FOLDERS = {
  python: ['cassandra-driver', 'cqlsh'],
  scylla: ['scylla-cqlsh', 'scylla-driver'],
} as const;

const GO_DRIVER = 'github.com/apache/cassandra-gocql-driver/v2';

/** Kept beside this file, the same as in a bundle: a test compares them. */
export const POM_FILE = join(__dirname, 'pom.xml');
export const GO_MOD_FILE = join(__dirname, 'go.mod');
export const SCYLLA_POM_FILE = join(__dirname, 'scylla-pom.xml');

/** By the words that a reader is given; both for fetching and for running. */
const TOOLS = {
  'Python 3': 'python3',
  'A JDK with javac': 'javac',
  Maven: 'mvn',
  Go: 'go',
  'Rust with Cargo': 'cargo',
} as const;

type Tool = keyof typeof TOOLS;

/** Runs a tool. @throws in one line where it is missing */
export async function use(
  tool: Tool,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  try {
    await run(TOOLS[tool], args, { maxBuffer: MAX_OUTPUT_BYTES, ...options });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(
        `${tool} is missing: there is no "${TOOLS[tool]}" in PATH, which the tests of clients need`,
      );
    }
    throw error;
  }
}

async function fetchPython(dir: string): Promise<void> {
  for (const [folder, names] of Object.entries(PYTHON_FOLDERS)) {
    await use('Python 3', [
      ...['-m', 'pip', 'install', '--quiet', '--target', join(dir, folder)],
      ...names.map(name => `${name}==${PYTHON_VERSIONS[name]}`),
    ]);
  }
}

async function fetchJava(dir: string): Promise<void> {
  const drivers = { java: POM_FILE, 'java-scylla': SCYLLA_POM_FILE };
  for (const [folder, file] of Object.entries(drivers)) {
    await use('Maven', [
      ...['--batch-mode', '--quiet', `--file=${file}`],
      ...['dependency:copy-dependencies', `-DoutputDirectory=${dir}/${folder}`],
    ]);
  }
}

/** What `go` is to use: the modules of a cache folder, and nothing newer than itself. */
export function goEnvironment(dir: string): NodeJS.ProcessEnv {
  return {
    GOMODCACHE: join(dir, 'go'),
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
  };
}

async function fetchGo(dir: string): Promise<void> {
  const cwd = join(dir, 'go-example');
  const env = { ...process.env, ...goEnvironment(dir) };
  await mkdir(cwd);
  await copyFile(GO_MOD_FILE, join(cwd, 'go.mod'));
  await writeFile(
    join(cwd, 'main.go'),
    `package main\n\nimport _ "${GO_DRIVER}"\n\nfunc main() {}\n`,
  );
  await use('Go', ['mod', 'tidy'], { cwd, env });
  // Go's own cache then has the driver compiled.
  await use('Go', ['build', '-o', '/dev/null', '.'], { cwd, env });
}

/**
 * Drivers of other languages than Rust, and both shells, from their registries; fetched
 * once, into a cache outside of the checkout. Node's driver is a dependency of
 * this package.
 *
 * @returns the folder with `python`, `scylla`, `java`, `java-scylla` and `go`
 * @throws where a tool is missing, naming it
 */
export async function fetchDrivers(
  log: (line: string) => void,
): Promise<string> {
  await use('Python 3', ['--version']);
  await use('A JDK with javac', ['-version']);
  await use('Go', ['version']);
  const hash = createHash('sha256')
    .update(JSON.stringify([PYTHON_VERSIONS, PYTHON_FOLDERS]))
    .update(await readFile(POM_FILE))
    .update(await readFile(GO_MOD_FILE))
    .update(await readFile(SCYLLA_POM_FILE))
    .digest('hex')
    .slice(0, 16);
  const dir = join(cacheDir(), `clients-${hash}`);
  return cachedFolder(dir, async partial => {
    log('Fetching the drivers of Python, Java and Go …');
    await fetchPython(partial);
    await fetchJava(partial);
    await fetchGo(partial);
  });
}
