import type { CqlRing } from '../ring';
import type { StubRingOptions } from './types';

/** Starts nodes in this process that answer handshake, logins and system tables. */
export function startStubRing(_options: StubRingOptions): CqlRing {
  throw new Error('not built yet');
}
