import path from 'node:path';

/** Where this package is, from sources and when built alike. */
export function packageRoot(): string {
  return path.dirname(require.resolve('@ringfence/data-plane/package.json'));
}
