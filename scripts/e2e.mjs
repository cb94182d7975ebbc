// End-to-end tests: on a real control plane, in a network namespace of its own,
// or on an existing Kubernetes cluster with `--kubeconfig FILE --context NAME`.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runChildWithin, stopChildrenOnSignals } from './lib/children.mjs';
import { prepareClients, prepareControlPlane } from './lib/controlPlane.mjs';
import {
  closingLine,
  readJestCounts,
  readJestSkipped,
  sum,
} from './lib/counts.mjs';
import { USAGE, readE2eArguments } from './lib/e2eArguments.mjs';
import { LEFT_OUT, onExistingCluster } from './lib/existingCluster.mjs';
import { inLanes } from './lib/lanes.mjs';
import { inNamespace } from './lib/namespace.mjs';
import { ScriptError, runMain, step } from './lib/output.mjs';
import { readPartsTable } from './lib/partsTable.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

const PACKAGE = join(ROOT, 'packages', 'control-plane');
const RESULTS = join(ROOT, 'test-results');
/** A good part of their time goes by with waiting; each takes some 3 GB of memory. */
const PARTS_AT_A_TIME = 2;
/**
 * Three times what the longest takes. One test that waits for ever for what it
 * started must not keep a whole run from its end.
 */
const PART_WITHIN_MS = 20 * 60_000;
/** They run the bundle's own files with drivers that must be fetched. */
const WITH_CLIENTS = ['clients', 'clients-per-node', 'cassandra-sidecar'];
/**
 * Of transformed sources, one for each part: in namespaces of their own two
 * processes have the same id, and by that jest tells their files apart.
 */
const CACHE = join(ROOT, 'node_modules', '.cache', 'jest-e2e');
/** Begun first, so that none of them is left alone at the end. */
const LONGEST = [
  'k8ssandra',
  'cassandra-keystores',
  'observe',
  'cassandra-sidecar',
  'faults',
  'clients',
  'clients-per-node',
  'agent',
  'ignite-sidecar',
  'portals',
  'ca-rotation',
  'certificates',
];

async function listParts(folder) {
  const files = await readdir(join(PACKAGE, folder));
  return files
    .filter(file => file.endsWith('.e2e.ts'))
    .map(file => file.slice(0, -'.e2e.ts'.length));
}

/** Results of this run alone: several may go on at a time. */
function resultFile(of) {
  return join(RESULTS, `e2e-${process.pid}-${of}.json`);
}

/** The command that runs parts of a folder. */
function jestCommand(folder, parts, { testName }, outputFile) {
  return [
    'jest',
    ...['--config', join(PACKAGE, 'jest.e2e.config.js')],
    ...['--json', `--outputFile=${outputFile}`],
    ...(testName ? ['--testNamePattern', testName] : []),
    ...parts.map(part => `/${folder}/${part}\\.e2e\\.ts$`),
  ];
}

/**
 * Runs it to its end, or to that of its time.
 *
 * @returns the file of results, if there is one and nothing was left running
 */
async function runJest(env, what, { command, args }, outputFile) {
  // Of another run, which had the same process id.
  await rm(outputFile, { force: true });
  const ended = await runChildWithin(PART_WITHIN_MS, command, args, {
    cwd: PACKAGE,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...env,
      CI: 'true',
      NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
    },
  });
  if (!ended) {
    const minutes = PART_WITHIN_MS / 60_000;
    process.stdout.write(
      `  did not end within ${minutes} minutes, and was ended: ${what}\n`,
    );
    return undefined;
  }
  return existsSync(outputFile) ? outputFile : undefined;
}

/** Parts do not know of each other: each has a control plane in namespaces of its own. */
async function runPart(env, part, options) {
  const outputFile = resultFile(part);
  const logDir = join(RESULTS, `e2e-${process.pid}-${part}-logs`);
  await rm(logDir, { recursive: true, force: true });
  const [jest, ...jestArgs] = [
    ...jestCommand('e2e', [part], options, outputFile),
    `--cacheDirectory=${join(CACHE, part)}`,
  ];
  const partEnv = { ...env, CONTROL_PLANE_LOG_DIR: logDir };
  const inOwn = inNamespace(jest, jestArgs);
  const file = await runJest(partEnv, part, inOwn, outputFile);
  await keepLogsOfFailure(part, file, logDir);
  return file;
}

/** Logs of the components stay where a test failed, and are named. */
async function keepLogsOfFailure(part, file, logDir) {
  const passed = file && (await readJestCounts(file)).failed === 0;
  if (passed) await rm(logDir, { recursive: true, force: true });
  else process.stdout.write(`  ${part} failed; logs of its parts: ${logDir}\n`);
}

async function runOnControlPlane(env, options) {
  const { parts } = options;
  await step('Preparing the control plane', () => prepareControlPlane(env));
  if (parts.some(part => WITH_CLIENTS.includes(part))) {
    await step('Preparing the clients', () => prepareClients(env));
  }
  const isLong = part => LONGEST.includes(part);
  const inOrder = [
    ...LONGEST.filter(part => parts.includes(part)),
    ...parts.filter(part => !isLong(part)),
  ];
  return step(`End-to-end tests: ${parts.join(', ')}`, () =>
    inLanes(PARTS_AT_A_TIME, inOrder, part => runPart(env, part, options)),
  );
}

/**
 * Tests that nobody asked to leave out, yet did not run: nothing is skipped on
 * the control plane. On an existing Kubernetes cluster it is said beforehand.
 */
async function forgotten(files, { existing, testName }) {
  if (existing || testName) return [];
  return (await Promise.all(files.map(readJestSkipped))).flat();
}

function runOnExisting(env, options, known) {
  return onExistingCluster(env, options.existing, async existingEnv => {
    for (const part of known.own.filter(it => !known.existing.includes(it))) {
      const needs = LEFT_OUT[part] ?? 'the control plane of the tests';
      process.stdout.write(`  left out: ${part}, which needs ${needs}\n`);
    }
    const { parts } = options;
    const outputFile = resultFile('existing');
    const [command, ...args] = jestCommand(
      'e2e/existing',
      parts,
      options,
      outputFile,
    );
    return step(`End-to-end tests: ${parts.join(', ')}`, async () => [
      await runJest(
        existingEnv,
        parts.join(', '),
        { command, args },
        outputFile,
      ),
    ]);
  });
}

runMain(async () => {
  const known = {
    own: await listParts('e2e'),
    existing: await listParts(join('e2e', 'existing')),
  };
  const options = readE2eArguments(process.argv.slice(2), known);
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  await mkdir(RESULTS, { recursive: true });
  const files = options.existing
    ? await runOnExisting(env, options, known)
    : await runOnControlPlane(env, options);
  if (files.includes(undefined)) {
    throw new ScriptError('Some tests ended without results: see above.');
  }
  const counts = sum(await Promise.all(files.map(readJestCounts)));
  process.stdout.write(`\n${await readPartsTable(files)}\n\n`);
  const skipped = await forgotten(files, options);
  skipped.forEach(name => process.stdout.write(`skipped: ${name}\n`));
  process.stdout.write(`${closingLine(counts)}\n`);
  if (counts.passed + counts.failed === 0) {
    throw new ScriptError(`No test is called like "${options.testName}".`);
  }
  return counts.failed + skipped.length > 0 ? 1 : 0;
});
