// Runs a command with the repository's Node and dependencies:
// `node scripts/with-toolchain.mjs tsc`.
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import { ScriptError, runMain } from './lib/output.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

runMain(async () => {
  const [command, ...args] = process.argv.slice(2);
  if (!command) {
    throw new ScriptError(
      'Which command? Such as: node scripts/with-toolchain.mjs tsc',
    );
  }
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  return runChild(command, args, { cwd: ROOT, env });
});
