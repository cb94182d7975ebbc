import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';
import { identityOf, type TrafficReading } from './trafficSamples';

/** How long back "recent" reaches: between half of this and all of it. */
const WINDOW_MS = 5 * 60_000;
/** Groups that are compared without others having their turn. */
const AT_ONCE = 100;

interface Counts {
  readonly connectionsOpened: number;
  readonly receivedBytes: number;
}

interface Reading {
  readonly at: number;
  readonly counts: ReadonlyMap<string, Counts>;
}

/**
 * What one proxy counted lately, by the difference to an earlier reading. Two
 * readings are kept: one to compare with, and one to compare with next.
 */
export class RecentTraffic {
  #baseline?: Reading;
  #next?: Reading;

  /**
   * Adds to each sample what is new in it.
   *
   * @param samples - all that the proxy told; half a reading must not get in
   */
  async add(samples: TrafficReading, at: Date): Promise<TrafficReading> {
    const now = at.getTime();
    if (this.#next && now - this.#next.at >= WINDOW_MS / 2) {
      this.#baseline = this.#next;
      this.#next = undefined;
    }
    const earlier = this.#baseline ?? this.#next;
    const result = new Map<string, TrafficSample[]>();
    const counts = new Map<string, Counts>();
    for (const [group, members] of samples) {
      // Of many databases it is a lot of work: others have their turn in between.
      if (result.size % AT_ONCE === AT_ONCE - 1) await nextTurn();
      result.set(
        group,
        members.map(sample => {
          const key = keyOf(group, sample);
          const { connectionsOpened, receivedBytes } = sample;
          counts.set(key, { connectionsOpened, receivedBytes });
          return earlier ? withRecent(sample, earlier, key, now) : sample;
        }),
      );
    }
    this.#next ??= { at: now, counts };
    return result;
  }
}

/** By digest: there are many of them, and two readings are kept. */
function keyOf(group: string, sample: TrafficSample): string {
  return createHash('sha1')
    .update(`${group} ${identityOf(sample)}`)
    .digest('base64');
}

function withRecent(
  sample: TrafficSample,
  earlier: Reading,
  key: string,
  now: number,
): TrafficSample {
  const seconds = (now - earlier.at) / 1000;
  // Two readings at once, or a clock that was put back: nothing to compare.
  if (seconds <= 0) return sample;
  const before = earlier.counts.get(key);
  const added = (name: keyof Counts) => {
    const growth = sample[name] - (before?.[name] ?? 0);
    // A counter that went back began anew.
    return growth >= 0 ? growth : sample[name];
  };
  return {
    ...sample,
    recent: {
      seconds,
      connectionsOpened: added('connectionsOpened'),
      receivedBytes: added('receivedBytes'),
    },
  };
}
