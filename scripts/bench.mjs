// Measures what Ringfence promises, against peers in the same run:
// `npm run bench -- <suite>`.
import { join } from 'node:path';
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import { prepareControlPlane } from './lib/controlPlane.mjs';
import { inNamespace } from './lib/namespace.mjs';
import { runMain } from './lib/output.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

/** What is measured on the real control plane, in namespaces of its own. */
const ON_CONTROL_PLANE = ['observe'];

runMain(async () => {
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  const given = process.argv.slice(2);
  const bench = [join('packages', 'bench', 'src', 'main.ts'), ...given];
  if (!ON_CONTROL_PLANE.includes(given[0])) {
    return runChild('tsx', bench, { cwd: ROOT, env });
  }
  await prepareControlPlane(env);
  const { command, args } = inNamespace('tsx', bench);
  return runChild(command, args, { cwd: ROOT, env });
});
