// Measures what Ringfence promises, against peers in the same run:
// `npm run bench -- <suite>`.
import { join } from 'node:path';
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import { runMain } from './lib/output.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

runMain(async () => {
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  return runChild(
    'tsx',
    [join('packages', 'bench', 'src', 'main.ts'), ...process.argv.slice(2)],
    { cwd: ROOT, env },
  );
});
