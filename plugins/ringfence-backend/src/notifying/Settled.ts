import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { StoredDatabase } from '../databases/Databases';

const MINUTE_MS = 60_000;
/** Longer than all the waits of provisioning together, for a ring without nodes... */
const PROVISIONING_MS = 60 * MINUTE_MS;
/** ...and for each of its nodes: they join one after the other. */
const PER_NODE_MS = 5 * MINUTE_MS;

/**
 * Which databases are to be as their spec says. While one is being made, much
 * fails that is not worth a word; but one that is still not done when every wait
 * must have ended was given up by whoever made it, and is not to be silent.
 * Kubernetes does not say since when that is, so each replica of the portal
 * counts from when it first saw it.
 */
export class Settled {
  readonly #clock: () => Date;
  readonly #since = new Map<string, Date>();

  /** @param clock - the system's unless a test gives one */
  constructor(clock: () => Date = () => new Date()) {
    this.#clock = clock;
  }

  /** Whether what fails of a database is to be told. */
  is(database: StoredDatabase): boolean {
    const stuck = this.stuckSince(database);
    return database.state === 'ready' || stuck !== undefined;
  }

  /** Since when provisioning has not ended that should have; undefined where that is not so. */
  stuckSince({
    ref,
    spec,
    blueprint,
    state,
  }: StoredDatabase): Date | undefined {
    const key = stringifyDatabaseRef(ref);
    if (state !== 'provisioning') {
      this.#since.delete(key);
      return undefined;
    }
    const now = this.#clock();
    const since = this.#since.get(key) ?? now;
    this.#since.set(key, since);
    const { replicas } = blueprint.observation(spec);
    const patienceMs = PROVISIONING_MS + replicas * PER_NODE_MS;
    return now.getTime() - since.getTime() > patienceMs ? since : undefined;
  }
}
