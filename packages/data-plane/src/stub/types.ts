import type { RingLogin, RingOptions } from '../ring';

/** A ring of stub nodes in this process. */
export interface StubRingOptions extends RingOptions {
  /** Who may log in. @defaultValue `cassandra`/`cassandra`, a superuser */
  readonly logins?: readonly RingLogin[];
}
