import { dirname, resolve } from 'node:path';

/** Root of the repository. */
export const ROOT = resolve(
  dirname(require.resolve('@ringfence/control-plane/package.json')),
  '..',
  '..',
);
