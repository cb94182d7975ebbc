import { readFile } from 'node:fs/promises';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/** @param {Counts[]} parts */
export function sum(parts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const part of parts) {
    for (const key of Object.keys(total)) total[key] += part[key];
  }
  return total;
}

/** The closing line of every test command. @param {Counts} counts */
export function closingLine({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/** A suite that could not run at all counts as one failure. */
export async function readJestCounts(file) {
  const result = JSON.parse(await readFile(file, 'utf8'));
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** Full names of the tests that were skipped. */
export async function readJestSkipped(file) {
  const { testResults } = JSON.parse(await readFile(file, 'utf8'));
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => ['pending', 'todo', 'skipped'].includes(status))
    .map(({ fullName }) => fullName);
}

/** A flaky test, one that passed at a second try, counts as a failure. */
export async function readPlaywrightCounts(file) {
  const { stats, errors } = JSON.parse(await readFile(file, 'utf8'));
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}
