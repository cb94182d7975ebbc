// Runs the main job end to end: create a database, see its fence, connect.
import { runChild, stopChildrenOnSignals } from './lib/children.mjs';
import { runMain, step } from './lib/output.mjs';
import { ROOT, prepareToolchain } from './lib/toolchain.mjs';

runMain(async () => {
  stopChildrenOnSignals();
  const env = await prepareToolchain();
  const build = await step('Building ringfence-connect', () =>
    runChild(
      'node',
      [
        '.yarn/releases/yarn-4.18.1.cjs',
        'workspace',
        '@ringfence/connect',
        'build',
      ],
      {
        cwd: ROOT,
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    ),
  );
  if (build !== 0) return build;
  return runChild('tsx', ['scripts/smoke/main.ts'], { cwd: ROOT, env });
});
