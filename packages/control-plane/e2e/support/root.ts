import { resolve } from 'node:path';

/** Root of the repository. */
export const ROOT = resolve(__dirname, '..', '..', '..', '..');
