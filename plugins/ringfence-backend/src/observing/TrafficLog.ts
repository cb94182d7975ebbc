import type {
  DatabaseRef,
  TrafficPoint,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';

/** How far apart points are, at least. */
const EVERY_MS = 5 * 60_000;
/** The first ones come sooner: whoever looks at a new portal sees that it looks, too. */
const FIRST_EVERY_MS = 30_000;
const FIRST_POINTS = 5;

interface Totals {
  readonly at: number;
  readonly mutualTls: number;
  readonly plaintext: number;
  /** How many points were made before. */
  readonly points: number;
}

/** Makes points of a chart from counters that only grow. */
export class TrafficLog {
  readonly #record: (ref: DatabaseRef, point: TrafficPoint) => void;
  readonly #last = new Map<string, Totals>();

  constructor(record: (ref: DatabaseRef, point: TrafficPoint) => void) {
    this.#record = record;
  }

  /**
   * Takes a reading of the counters.
   *
   * @param key - tells a database from its predecessors
   */
  note(
    key: string,
    ref: DatabaseRef,
    samples: readonly TrafficSample[],
    at: Date,
  ): void {
    const last = this.#last.get(key);
    if (last && at.getTime() - last.at < spacingAfter(last.points)) return;
    const totals = {
      at: at.getTime(),
      ...totalsOf(samples),
      points: last ? last.points + 1 : 0,
    };
    this.#last.set(key, totals);
    if (!last) return;
    this.#record(ref, {
      at: at.toISOString(),
      mutualTlsBytes: growth(last.mutualTls, totals.mutualTls),
      plaintextBytes: growth(last.plaintext, totals.plaintext),
    });
  }

  /** For databases that are gone. */
  retain(isThere: (key: string) => boolean): void {
    for (const key of this.#last.keys()) {
      if (!isThere(key)) this.#last.delete(key);
    }
  }
}

function spacingAfter(points: number): number {
  return points < FIRST_POINTS ? FIRST_EVERY_MS : EVERY_MS;
}

/** A counter that went back began anew. */
function growth(before: number, after: number): number {
  return after >= before ? after - before : after;
}

/** Bytes as the database's side counted them; what the mesh refused brought none. */
function totalsOf(samples: readonly TrafficSample[]) {
  const taken = samples.filter(
    ({ refused, reporter }) => !refused && reporter === 'destination',
  );
  const sum = (isMutual: boolean) =>
    taken
      .filter(
        ({ securityPolicy }) => (securityPolicy === 'mutual_tls') === isMutual,
      )
      .reduce((bytes, { receivedBytes }) => bytes + receivedBytes, 0);
  return { mutualTls: sum(true), plaintext: sum(false) };
}
