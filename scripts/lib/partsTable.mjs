import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { seconds } from './output.mjs';

const COLUMNS = ['part', 'passed', 'failed', 'left out', 'time'];

/** A file of tests that could not run at all counts as one failure. */
function rowOf({ name, assertionResults, startTime, endTime }) {
  const count = (...states) =>
    assertionResults.filter(({ status }) => states.includes(status)).length;
  return [
    basename(name).replace(/\.e2e\.ts$/, ''),
    count('passed'),
    assertionResults.length === 0 ? 1 : count('failed'),
    count('pending', 'todo', 'skipped'),
    seconds(endTime - startTime),
  ].map(String);
}

/**
 * Each part with how many tests passed and how long it took, as a table of text.
 *
 * @param {string[]} files what jest wrote with `--json`
 */
export async function readPartsTable(files) {
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8')));
  const testResults = texts.flatMap(text => JSON.parse(text).testResults);
  const rows = [COLUMNS, ...testResults.map(rowOf).sort()];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  return rows
    .map(([part, ...numbers]) =>
      [
        part.padEnd(widths[0]),
        ...numbers.map((text, index) => text.padStart(widths[index + 1])),
      ].join('  '),
    )
    .join('\n');
}
