import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/* eslint-disable @backstage/no-relative-monorepo-imports -- the repository's own scripts are no package */
const load = () => import('../../../../scripts/lib/counts.mjs');

it('names each test that was skipped, so that a run can fail for it', async () => {
  const { readJestSkipped } = await load();
  const directory = await mkdtemp(join(tmpdir(), 'skipped-'));
  const file = join(directory, 'results.json');
  const test = (status: string) => ({ status, fullName: `a ${status} test` });
  const states = ['passed', 'failed', 'pending', 'todo'];
  const testResults = [{ assertionResults: states.map(test) }];
  await writeFile(file, JSON.stringify({ testResults }));
  const skipped = await readJestSkipped(file);
  await rm(directory, { recursive: true });
  expect(skipped).toEqual(['a pending test', 'a todo test']);
});
