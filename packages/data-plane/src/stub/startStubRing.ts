import type { CqlRing } from '../ring';
import { StubRing } from './StubRing';
import type { StubRingOptions } from './types';

/** Starts nodes in this process that answer handshake, logins and system tables. */
export function startStubRing(options: StubRingOptions): CqlRing {
  return new StubRing(options);
}
