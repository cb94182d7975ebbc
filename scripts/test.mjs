// Runs all tests: unit and integration tests (jest), then browser tests (Playwright).
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import {
  closingLine,
  readJestCounts,
  readPlaywrightCounts,
  sum,
} from './lib/counts.mjs';
import { ScriptError, runMain, step } from './lib/output.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

const USAGE = `npm test [-- --only unit|browser] [PATTERN ...]

PATTERN picks test files, as jest and Playwright understand it.`;

const RESULTS = join(ROOT, 'test-results');
/** A ceiling, not a measure: on a machine with other work a backend takes seconds to start. */
const TEST_WITHIN_MS = 30_000;

async function runUnitTests(env, patterns) {
  const outputFile = join(RESULTS, 'jest.json');
  const code = await runChild(
    'backstage-cli',
    [
      'repo',
      'test',
      '--watchAll=false',
      '--json',
      `--outputFile=${outputFile}`,
      `--testTimeout=${TEST_WITHIN_MS}`,
      '--passWithNoTests',
      ...patterns,
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...env,
        // @kubernetes/client-node is an ES module and is imported as one.
        NODE_OPTIONS: `${
          env.NODE_OPTIONS ?? ''
        } --experimental-vm-modules --no-warnings`,
      },
    },
  );
  return { code, counts: await readJestCounts(outputFile) };
}

async function runBrowserTests(env, patterns) {
  const outputFile = join(RESULTS, 'playwright.json');
  const code = await runChild(
    'playwright',
    ['test', '--config', 'packages/app/playwright.config.ts', ...patterns],
    {
      cwd: ROOT,
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: outputFile },
    },
  );
  return { code, counts: await readPlaywrightCounts(outputFile) };
}

const PARTS = {
  unit: { title: 'Unit and integration tests', run: runUnitTests },
  browser: { title: 'Browser tests', run: runBrowserTests },
};

function readArguments() {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.only && !Object.hasOwn(PARTS, values.only)) {
    throw new ScriptError(`Unknown part "${values.only}".\n\n${USAGE}`);
  }
  return {
    parts: values.only ? [PARTS[values.only]] : Object.values(PARTS),
    patterns: positionals,
  };
}

runMain(async () => {
  const { parts, patterns } = readArguments();
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  await rm(RESULTS, { recursive: true, force: true });
  await mkdir(RESULTS, { recursive: true });
  const results = [];
  for (const part of parts) {
    results.push(await step(part.title, () => part.run(env, patterns)));
  }
  const counts = sum(results.map(result => result.counts));
  process.stdout.write(`${closingLine(counts)}\n`);
  const failed = results.some(result => result.code !== 0) || counts.failed > 0;
  return failed ? 1 : 0;
});
