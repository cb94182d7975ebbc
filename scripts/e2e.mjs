// End-to-end tests on a real control plane, in a network namespace of its own.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import { closingLine, readJestCounts } from './lib/counts.mjs';
import { inNamespace } from './lib/namespace.mjs';
import { ScriptError, runMain, step } from './lib/output.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

const PACKAGE = join(ROOT, 'packages', 'control-plane');
const RESULTS = join(ROOT, 'test-results');

async function listParts() {
  const files = await readdir(join(PACKAGE, 'e2e'));
  return files
    .filter(file => file.endsWith('.e2e.ts'))
    .map(file => file.slice(0, -'.e2e.ts'.length));
}

async function readArguments() {
  const known = await listParts();
  const parts = process.argv.slice(2);
  const unknown = parts.find(part => !known.includes(part));
  if (unknown) {
    throw new ScriptError(
      `Unknown part "${unknown}". There are: ${known.join(', ')}`,
    );
  }
  return parts.length > 0 ? parts : known;
}

/** Everything that must be downloaded or built is, before the namespace closes. */
async function prepare(env) {
  const code = await runChild(
    'tsx',
    ['packages/control-plane/src/prepare.ts'],
    {
      cwd: ROOT,
      env,
    },
  );
  if (code !== 0) throw new ScriptError('What is missing is named above.');
}

function runJest(env, parts, outputFile) {
  const patterns = parts.map(part => `e2e/${part}\\.e2e\\.ts$`);
  const { command, args } = inNamespace('jest', [
    ...['--config', join(PACKAGE, 'jest.e2e.config.js')],
    ...['--json', `--outputFile=${outputFile}`],
    ...patterns,
  ]);
  return runChild(command, args, {
    cwd: PACKAGE,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...env,
      CI: 'true',
      NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
    },
  });
}

runMain(async () => {
  const parts = await readArguments();
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  await mkdir(RESULTS, { recursive: true });
  await step('Preparing the control plane', () => prepare(env));
  const outputFile = join(RESULTS, 'e2e.json');
  const code = await step(`End-to-end tests: ${parts.join(', ')}`, () =>
    runJest(env, parts, outputFile),
  );
  process.stdout.write(`${closingLine(await readJestCounts(outputFile))}\n`);
  return code;
});
