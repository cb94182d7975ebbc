// Runs the main job end to end: create a database, see its fence, connect.
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import { runMain } from './lib/output.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

runMain(async () => {
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  return runChild('tsx', ['scripts/smoke/main.ts'], { cwd: ROOT, env });
});
