// End-to-end tests: on a real control plane, in a network namespace of its own,
// or on an existing Kubernetes cluster with `--kubeconfig FILE --context NAME`.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import { prepareControlPlane } from './lib/controlPlane.mjs';
import { closingLine, readJestCounts } from './lib/counts.mjs';
import { USAGE, readE2eArguments } from './lib/e2eArguments.mjs';
import { LEFT_OUT, onExistingCluster } from './lib/existingCluster.mjs';
import { inNamespace } from './lib/namespace.mjs';
import { ScriptError, runMain, step } from './lib/output.mjs';
import { readPartsTable } from './lib/partsTable.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

const PACKAGE = join(ROOT, 'packages', 'control-plane');
const RESULTS = join(ROOT, 'test-results');
/** Of this run alone: several may go on at a time. */
const OUTPUT_FILE = join(RESULTS, `e2e-${process.pid}.json`);

async function listParts(folder) {
  const files = await readdir(join(PACKAGE, folder));
  return files
    .filter(file => file.endsWith('.e2e.ts'))
    .map(file => file.slice(0, -'.e2e.ts'.length));
}

/** The command that runs parts of a folder. */
function jestCommand(folder, { parts, testName }) {
  return [
    'jest',
    ...['--config', join(PACKAGE, 'jest.e2e.config.js')],
    ...['--json', `--outputFile=${OUTPUT_FILE}`],
    ...(testName ? ['--testNamePattern', testName] : []),
    ...parts.map(part => `/${folder}/${part}\\.e2e\\.ts$`),
  ];
}

function runJest(env, command, args, { parts }) {
  return step(`End-to-end tests: ${parts.join(', ')}`, () =>
    runChild(command, args, {
      cwd: PACKAGE,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...env,
        CI: 'true',
        NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
      },
    }),
  );
}

async function runOnControlPlane(env, options) {
  await step('Preparing the control plane', () =>
    prepareControlPlane(
      env,
      options.parts.includes('clients') ? ['--clients'] : [],
    ),
  );
  const [jest, ...jestArgs] = jestCommand('e2e', options);
  const { command, args } = inNamespace(jest, jestArgs);
  return runJest(env, command, args, options);
}

function runOnExisting(env, options, known) {
  return onExistingCluster(env, options.existing, async existingEnv => {
    for (const part of known.own.filter(it => !known.existing.includes(it))) {
      const needs = LEFT_OUT[part] ?? 'the control plane of the tests';
      process.stdout.write(`  left out: ${part}, which needs ${needs}\n`);
    }
    const [jest, ...args] = jestCommand('e2e/existing', options);
    return runJest(existingEnv, jest, args, options);
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
  // Of another run, which had the same process id.
  await rm(OUTPUT_FILE, { force: true });
  const code = options.existing
    ? await runOnExisting(env, options, known)
    : await runOnControlPlane(env, options);
  if (!existsSync(OUTPUT_FILE)) {
    throw new ScriptError(
      `The tests ended without results (exit code ${code}).`,
    );
  }
  const counts = await readJestCounts(OUTPUT_FILE);
  process.stdout.write(`\n${await readPartsTable(OUTPUT_FILE)}\n\n`);
  process.stdout.write(`${closingLine(counts)}\n`);
  if (counts.passed + counts.failed === 0) {
    throw new ScriptError(`No test is called like "${options.testName}".`);
  }
  return code;
});
