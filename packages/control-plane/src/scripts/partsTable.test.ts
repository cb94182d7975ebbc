import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/* eslint-disable @backstage/no-relative-monorepo-imports -- the repository's own scripts are no package */
const load = () => import('../../../../scripts/lib/partsTable.mjs');

const tests = (...states: string[]) => states.map(status => ({ status }));

const result = (part: string, states: string[], tookMs: number) => ({
  name: `/checkout/packages/control-plane/e2e/${part}.e2e.ts`,
  assertionResults: tests(...states),
  startTime: 1_000,
  endTime: 1_000 + tookMs,
});

it('gives each part a row: its tests by what became of them, and its time', async () => {
  const { readPartsTable } = await load();
  const directory = await mkdtemp(join(tmpdir(), 'parts-'));
  const file = join(directory, 'results.json');
  const testResults = [
    result('provision', ['passed', 'failed', 'passed', 'pending'], 94_920),
    result('contract', ['passed'], 50_000),
    // It did not get as far as its first test.
    result('rights', [], 100),
  ];
  await writeFile(file, JSON.stringify({ testResults }));
  const table = await readPartsTable([file]);
  await rm(directory, { recursive: true });
  expect(table.split('\n')).toEqual([
    'part       passed  failed  left out    time',
    'contract        1       0         0  50.0 s',
    'provision       2       1         1  94.9 s',
    'rights          0       1         0   0.1 s',
  ]);
});
