import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import pLimit from 'p-limit';
import type { ProbeResult } from '../../history';
import type { Clock } from '../look';
import {
  notProbed,
  PROBE_GROUPS,
  runProbes,
  type ProbeAnswers,
  type ProbeFacts,
  type ProbeGroup,
} from './groups';
import type { ProbeSource, ProbeTarget } from './ProbeSource';
import { newestRing } from './newestRing';

/** A group of probes that has run. */
export interface RanProbes {
  readonly target: ProbeTarget;
  readonly group: ProbeGroup;
  readonly answers: Partial<ProbeFacts>;
  readonly ranAt: Date;
  readonly tookMs: number;
}

export interface ProbeBookOptions {
  readonly clock: Clock;
  /** How long one probe may take. @default 5 000 */
  readonly timeoutMs?: number;
  /** Called with what has run here. */
  readonly onRan?: (ran: RanProbes) => void;
}

/**
 * How many databases are looked at at once in one Kubernetes cluster. A session
 * with the ring is mostly waiting for heartbeats.
 */
const CONCURRENCY: Readonly<Record<ProbeGroup, number>> = {
  gateway: 4,
  ring: 16,
  nodetool: 2,
  pods: 2,
  telemetry: 4,
  drift: 1,
};

const HOUR_MS = 60 * 60_000;
/**
 * From when on an answer says nothing about now: far more than any interval, so
 * that only probes that are stuck get there.
 */
const BELIEVED_MS: Readonly<Record<ProbeGroup, number>> = {
  gateway: HOUR_MS,
  ring: HOUR_MS,
  nodetool: HOUR_MS,
  pods: 6 * HOUR_MS,
  telemetry: HOUR_MS,
  drift: 24 * HOUR_MS,
};

type Known = {
  [G in ProbeGroup]?: {
    readonly answers: ProbeAnswers[G];
    readonly ranAt: Date;
  };
};

/** What the answers of all probes are, whoever ran them. */
export class ProbeBook implements ProbeSource {
  readonly #options: ProbeBookOptions;
  readonly #known = new Map<string, Known>();
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #limits = new Map<string, ReturnType<typeof pLimit>>();

  constructor(options: ProbeBookOptions) {
    this.#options = options;
  }

  /**
   * @param options - `refresh` runs them all first; else those that have never
   * run are not looked at yet
   */
  async read(
    target: ProbeTarget,
    options: { readonly refresh?: boolean },
  ): Promise<ProbeFacts> {
    if (options.refresh) {
      const first = PROBE_GROUPS.filter(group => group !== 'telemetry');
      await Promise.all(first.map(group => this.run(group, target)));
      // Last, so that it sees the traffic that the logins made.
      await this.run('telemetry', target);
    }
    return this.#facts(target.key);
  }

  /** Runs a group, once at a time for each database. */
  async run(group: ProbeGroup, target: ProbeTarget): Promise<void> {
    const key = `${target.key} ${group}`;
    const underWay = this.#underWay.get(key);
    if (underWay) {
      await underWay;
      return;
    }
    const limit = this.#limit(group, target.context.kubernetes.name);
    const running = limit(() => this.#run(group, target));
    this.#underWay.set(key, running);
    await running.finally(() => this.#underWay.delete(key));
  }

  /** When a group ran last; undefined: never. */
  ranAt(key: string, group: ProbeGroup): Date | undefined {
    return this.#known.get(key)?.[group]?.ranAt;
  }

  /** Whether a group has anything to find out that no other has. */
  isNeeded(key: string, group: ProbeGroup): boolean {
    if (group !== 'nodetool') return true;
    const asked = this.#known.get(key)?.ring;
    return asked !== undefined && !asked.answers.ring?.known;
  }

  /**
   * Takes over what another replica of the portal found out.
   *
   * @returns whether that is news
   */
  adopt({ ref, group, uid, answers, ranAt }: ProbeResult): boolean {
    if (!isProbeGroup(group)) return false;
    const key = keyOf(ref, uid);
    const mine = this.ranAt(key, group);
    if (mine && mine >= ranAt) return false;
    try {
      this.#keep(key, group, JSON.parse(answers, reviveTime), ranAt);
      return true;
    } catch {
      // Of another version of the portal, or half a row: as if it had not run.
      return false;
    }
  }

  /** For databases that are gone. */
  retain(isThere: (key: string) => boolean): void {
    for (const key of this.#known.keys()) {
      if (!isThere(key)) this.#known.delete(key);
    }
  }

  async #run(group: ProbeGroup, target: ProbeTarget): Promise<void> {
    const { clock, timeoutMs = 5_000 } = this.#options;
    const startedMs = performance.now();
    const answers = await runProbes(group, target.context, {
      clock,
      timeoutMs,
    });
    const ranAt = clock();
    this.#keep(target.key, group, answers, ranAt);
    const tookMs = performance.now() - startedMs;
    this.#options.onRan?.({ target, group, answers, ranAt, tookMs });
  }

  #keep(
    key: string,
    group: ProbeGroup,
    answers: Partial<ProbeFacts>,
    ranAt: Date,
  ): void {
    this.#known.set(key, {
      ...this.#known.get(key),
      [group]: { answers, ranAt },
    });
  }

  #facts(key: string): ProbeFacts {
    const known = this.#known.get(key);
    const nothing = notProbed('Not looked at yet', this.#options.clock());
    const facts = {
      ...nothing,
      ...this.#believed(known, 'gateway'),
      ...this.#believed(known, 'ring'),
      ...this.#believed(known, 'pods'),
      ...this.#believed(known, 'telemetry'),
      ...this.#believed(known, 'drift'),
    };
    const byCommand = this.#believed(known, 'nodetool')?.ring;
    return {
      ...facts,
      ring: newestRing(facts.ring, byCommand),
      // An earlier version of the portal may have tried fewer.
      logins: { ...nothing.logins, ...facts.logins },
    };
  }

  /** The answers of a group; ones that are too old become the reason why nothing is known. */
  #believed<G extends ProbeGroup>(
    known: Known | undefined,
    group: G,
  ): Partial<ProbeFacts> | undefined {
    const entry = known?.[group];
    if (!entry) return undefined;
    const { answers, ranAt } = entry;
    const ageMs = this.#options.clock().getTime() - ranAt.getTime();
    if (ageMs <= BELIEVED_MS[group]) return answers;
    const why = `last looked at ${ranAt.toISOString()}, too long ago`;
    const nothing = notProbed(why, ranAt);
    return Object.fromEntries(
      Object.entries(nothing).filter(([fact]) => fact in answers),
    );
  }

  #limit(
    group: ProbeGroup,
    kubernetesCluster: string,
  ): ReturnType<typeof pLimit> {
    const key = `${kubernetesCluster} ${group}`;
    const limit = this.#limits.get(key) ?? pLimit(CONCURRENCY[group]);
    this.#limits.set(key, limit);
    return limit;
  }
}

/** As `ProbeTarget.key` has it. */
export function keyOf(
  { kubernetesCluster, namespace }: DatabaseRef,
  uid: string | undefined,
): string {
  return `${kubernetesCluster}/${namespace} ${uid ?? ''}`;
}

/** The parts of a key. */
export function partsOf(key: string): { ref: DatabaseRef; uid: string } {
  const [address, uid] = key.split(' ');
  const [kubernetesCluster, namespace] = address.split('/');
  return { ref: { kubernetesCluster, namespace }, uid };
}

function isProbeGroup(group: string): group is ProbeGroup {
  return PROBE_GROUPS.some(known => known === group);
}

function reviveTime(name: string, value: unknown): unknown {
  return name === 'at' && typeof value === 'string' ? new Date(value) : value;
}
