import { createHash } from 'node:crypto';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { editedState } from './editedState';
import { probedState } from './probedState';

/** Each part in short; absent where it is not known. */
type State = ReadonlyArray<string | undefined>;

/** What became different since a database was seen before. */
export interface SeenChange {
  /** What probes look at. */
  readonly probed: boolean;
  /** What manifests speak of. */
  readonly edited: boolean;
}

/** Remembers how each database looked, to tell when it looks different. */
export class SeenStates {
  readonly #seen = new Map<string, { probed: State; edited: State }>();

  /** @param key - tells a database from its predecessors */
  note(key: string, facts: Facts): SeenChange {
    const before = this.#seen.get(key);
    const probed = stateOf(probedState(facts));
    const edited = stateOf(editedState(facts));
    this.#seen.set(key, {
      probed: completed(probed, before?.probed),
      edited: completed(edited, before?.edited),
    });
    return {
      probed: differs(probed, before?.probed),
      edited: differs(edited, before?.edited),
    };
  }

  /** For databases that are gone. */
  retain(isThere: (key: string) => boolean): void {
    for (const key of this.#seen.keys()) {
      if (!isThere(key)) this.#seen.delete(key);
    }
  }
}

/** By digest: the parts of a thousand databases are large. */
function stateOf(parts: readonly unknown[]): State {
  return parts.map(part =>
    part === undefined
      ? undefined
      : createHash('sha256').update(JSON.stringify(part)).digest('base64'),
  );
}

/** What is not known now is taken to be as it was. */
function completed(now: State, before: State = []): State {
  const length = Math.max(now.length, before.length);
  return Array.from({ length }, (_, i) => now[i] ?? before[i]);
}

function differs(now: State, before: State = []): boolean {
  return now.some(
    (part, i) =>
      part !== undefined && before[i] !== undefined && part !== before[i],
  );
}
