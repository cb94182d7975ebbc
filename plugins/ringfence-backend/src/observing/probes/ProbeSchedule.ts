import { setTimeout as delay } from 'node:timers/promises';
import type { AccessRecipe } from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../../databases/Databases';
import type { Clock } from '../look';
import { ApiBudget } from './ApiBudget';
import { PROBE_GROUPS, type ProbeGroup } from './groups';
import type { ProbeBook } from './ProbeBook';
import type { ProbeTarget } from './ProbeSource';

/** How old answers get where databases are few. */
const SHORTEST_MS: Readonly<Record<ProbeGroup, number>> = {
  gateway: 60_000,
  ring: 15_000,
  nodetool: 120_000,
  pods: 10 * 60_000,
  telemetry: 60_000,
  drift: 10 * 60_000,
};
/** Where they are many: a thousand databases are looked at in five minutes. */
const EACH_MS = 300;
/** Requests to the API server that a group costs, roughly. */
const COSTS: Readonly<Record<ProbeGroup, number>> = {
  gateway: 0,
  ring: 0,
  nodetool: 1,
  pods: 1,
  // Whoever is the first to ask a proxy asks for all others, too.
  telemetry: 0,
  drift: 40,
};
/** What these have cost is known once they have run: much of it may be known already. */
const METERED: readonly ProbeGroup[] = ['telemetry', 'drift'];
/** How many of them may be under way in a Kubernetes cluster before it is known. */
const UNPAID_AT_ONCE = 16;
/** Where clients dial no gateway, or nobody from outside may. */
const FORWARDED: readonly AccessRecipe['exposure'][] = ['none', 'direct'];
/** Where there is no gateway, each connection is forwarded by the API server. */
const FORWARDED_COSTS: Readonly<Partial<Record<ProbeGroup, number>>> = {
  gateway: 6,
  ring: 4,
};
/** As often as others that cost the API server something. */
const FORWARDED_MS = 120_000;
/** After a change the API server, the mesh and the gateway take a moment, too. */
const SETTLE_MS = 2_000;
/** A database that changes all the time is not probed all the time. */
const SHORTEST_AFTER_CHANGE_MS = 10_000;
const SHORTEST_AFTER_EDIT_MS = 30_000;
/**
 * Counts as overdue for longer than anything that has run; before it goes what
 * somebody looks at, and first of all what somebody edited.
 */
const NEVER_RAN_MS = 1e12;
const WANTED_MS = 2e12;
const EDITED_MS = 3e12;
/** The ring itself needs a while to notice that a node is gone: it is asked again and again. */
const RESTLESS_MS = 60_000;
const SHORTEST_RESTLESS_MS = 5_000;

export interface ProbeScheduleDeps {
  readonly book: Pick<ProbeBook, 'run' | 'ranAt' | 'isNeeded'>;
  /** Those whose turn may come, with what tells them from their predecessors. */
  readonly databases: () => ReadonlyArray<{
    readonly database: StoredDatabase;
    readonly key: string;
  }>;
  readonly targetOf: (database: StoredDatabase) => Promise<ProbeTarget>;
  readonly onError: (database: StoredDatabase, error: Error) => void;
  /** Groups that cost the API server nothing here. */
  readonly free?: readonly ProbeGroup[];
  readonly clock: Clock;
  /** Between 0 and 1. @default Math.random */
  readonly random?: () => number;
  /** How often to see what is due. @default 1 000 */
  readonly tickMs?: number;
  /** How many groups may be under way. @default 48 */
  readonly inFlight?: number;
}

/** A group of probes whose turn it is. */
interface Due {
  readonly database: StoredDatabase;
  readonly key: string;
  readonly group: ProbeGroup;
  readonly overdueMs: number;
}

/** Decides which probes run when. */
export class ProbeSchedule {
  readonly #deps: ProbeScheduleDeps;
  readonly #budget: ApiBudget;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #unpaid = new Map<string, number>();
  /** Since when a database is another than it was when it was probed. */
  readonly #changedAt = new Map<string, number>();
  /** Since when its objects are others than those that were compared. */
  readonly #editedAt = new Map<string, number>();
  /** Those that somebody has looked at before all was known of them. */
  readonly #wanted = new Set<string>();
  /** Spreads databases that were probed at the same moment. */
  readonly #jitter = new Map<string, number>();

  /** Whether a database has no gateway, worked out once. */
  readonly #hidden = new WeakMap<StoredDatabase, boolean>();

  constructor(deps: ProbeScheduleDeps) {
    this.#deps = deps;
    this.#budget = new ApiBudget(deps.clock);
  }

  /** What probes see of this database may have changed. */
  changed(key: string): void {
    this.#changedAt.set(key, this.#now());
  }

  /** Somebody changed an object that manifests speak of. */
  edited(key: string): void {
    this.#editedAt.set(key, this.#now());
  }

  /** Somebody looks at it: what has never run, is to run soon. */
  wanted(key: string): void {
    this.#wanted.add(key);
  }

  /** Runs what is due until the signal aborts, and lets what has begun end. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.tick();
      await delay(this.#deps.tickMs ?? 1_000, undefined, { signal }).catch(
        () => {},
      );
    }
    await Promise.allSettled(this.#underWay.values());
  }

  /** Begins what is due, as far as there is room. */
  tick(): void {
    const databases = this.#deps.databases();
    const keys = new Set(databases.map(({ key }) => key));
    [this.#changedAt, this.#editedAt, this.#jitter, this.#wanted].forEach(it =>
      forget(it, keys),
    );
    const due: Due[] = [];
    for (const entry of databases) {
      for (const group of PROBE_GROUPS) {
        const overdueMs = this.#overdueMs(entry, group, databases.length);
        if (overdueMs >= 0 && this.#deps.book.isNeeded(entry.key, group)) {
          due.push({ ...entry, group, overdueMs });
        }
      }
    }
    due.sort((a, b) => b.overdueMs - a.overdueMs);
    for (const { database, key, group } of due) {
      if (this.#underWay.size >= (this.#deps.inFlight ?? 48)) return;
      this.#begin(database, key, group);
    }
  }

  #begin(database: StoredDatabase, key: string, group: ProbeGroup): void {
    const id = `${key} ${group}`;
    if (this.#underWay.has(id)) return;
    const { kubernetesCluster } = database.ref;
    const cost = this.#costOf(database, group);
    const purpose = group === 'drift' ? 'drift' : 'others';
    const isMetered =
      METERED.includes(group) && !this.#deps.free?.includes(group);
    const unpaid = this.#unpaid.get(kubernetesCluster) ?? 0;
    if (isMetered && unpaid >= UNPAID_AT_ONCE) return;
    const isAllowed =
      (cost === 0 && !isMetered) ||
      this.#budget.take(kubernetesCluster, cost, purpose);
    if (!isAllowed) return;
    if (isMetered) this.#unpaid.set(kubernetesCluster, unpaid + 1);
    // Telemetry sees the traffic that logins make: without them a new database
    // would have none.
    const logins =
      group === 'telemetry' ? this.#underWay.get(`${key} gateway`) : undefined;
    const running = Promise.resolve(logins)
      .then(() => this.#deps.targetOf(database))
      .then(async target => {
        await this.#deps.book.run(group, target);
        if (!isMetered) return;
        const unused = cost - target.requests();
        this.#budget.giveBack(kubernetesCluster, unused, purpose);
      })
      .catch(error => this.#deps.onError(database, error))
      .finally(() => {
        this.#underWay.delete(id);
        if (!isMetered) return;
        const left = (this.#unpaid.get(kubernetesCluster) ?? 1) - 1;
        this.#unpaid.set(kubernetesCluster, left);
      });
    this.#underWay.set(id, running);
  }

  /** Negative: its turn is still to come. */
  #overdueMs(
    { database, key }: { database: StoredDatabase; key: string },
    group: ProbeGroup,
    count: number,
  ): number {
    const ranAt = this.#deps.book.ranAt(key, group)?.getTime();
    if (ranAt === undefined) {
      return this.#wanted.has(key) ? WANTED_MS : NEVER_RAN_MS;
    }
    const age = this.#now() - ranAt;
    if (group === 'drift' && (this.#editedAt.get(key) ?? 0) >= ranAt) {
      const wait = age - SHORTEST_AFTER_EDIT_MS;
      return wait < 0 ? wait : EDITED_MS + wait;
    }
    const changedAt = this.#changedAt.get(key);
    if (changedAt !== undefined && changedAt >= ranAt && group !== 'drift') {
      const shortest =
        group === 'ring' ? SHORTEST_RESTLESS_MS : SHORTEST_AFTER_CHANGE_MS;
      return age - Math.max(changedAt + SETTLE_MS - ranAt, shortest);
    }
    const shortestMs = this.#isForwarded(database, group)
      ? FORWARDED_MS
      : SHORTEST_MS[group];
    const isRestless =
      group === 'ring' &&
      changedAt !== undefined &&
      this.#now() - changedAt < RESTLESS_MS;
    if (isRestless) return age - SHORTEST_RESTLESS_MS;
    const interval = Math.max(shortestMs, count * EACH_MS);
    return age - interval * this.#spread(key);
  }

  /** Between 0.8 and 1.2, the same for a database as long as it is there. */
  #spread(key: string): number {
    const random = this.#deps.random ?? Math.random;
    const spread = this.#jitter.get(key) ?? 0.8 + 0.4 * random();
    this.#jitter.set(key, spread);
    return spread;
  }

  #costOf(database: StoredDatabase, group: ProbeGroup): number {
    if (this.#deps.free?.includes(group)) return 0;
    return this.#isForwarded(database, group)
      ? FORWARDED_COSTS[group]!
      : COSTS[group];
  }

  /** Whether connections to it go through the API server. */
  #isForwarded(database: StoredDatabase, group: ProbeGroup): boolean {
    if (FORWARDED_COSTS[group] === undefined) return false;
    const { blueprint, spec } = database;
    const isHidden =
      this.#hidden.get(database) ??
      FORWARDED.includes(blueprint.access(spec).exposure);
    this.#hidden.set(database, isHidden);
    return isHidden;
  }

  #now(): number {
    return this.#deps.clock().getTime();
  }
}

function forget(
  known: Map<string, number> | Set<string>,
  keys: ReadonlySet<string>,
): void {
  for (const key of known.keys()) {
    if (!keys.has(key)) known.delete(key);
  }
}
