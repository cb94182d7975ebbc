import type { Client } from './Client';
import { cqlsh } from './cqlsh';
import { go } from './go';
import { java } from './java';
import { node } from './node';
import { python } from './python';
import { scyllaCqlsh } from './scyllaCqlsh';

export { PASSWORD_VARIABLE } from './Client';
export type { Client, ClientFile, ClientValues } from './Client';

/** The clients that a bundle serves, in the order in which they are shown. */
export const clients: readonly Client[] = [
  cqlsh,
  scyllaCqlsh,
  java,
  python,
  node,
  go,
];
