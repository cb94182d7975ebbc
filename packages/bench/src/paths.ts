import { resolve } from 'node:path';

/** The repository's top folder: the bench runs from source and is never built. */
// eslint-disable-next-line no-restricted-syntax
export const ROOT = resolve(__dirname, '../../..');
