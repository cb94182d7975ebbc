import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
  type Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { checksOf, runChecks, toReport } from '../checks';
import type {
  StoredDatabase,
  UnreadableDatabase,
} from '../databases/Databases';
import type { Clock } from './look';
import type { Observer } from './Observer';
import {
  isSame,
  type KnownReport,
  type ReportChange,
  type Reports,
} from './Reports';
import type { Inventory, InventoryChange } from './watched/Inventory';

/** Changes come in bursts. */
const DEBOUNCE_MS = 150;
/** How long a report serves again whose facts have not changed: dates in it go on. */
const SERVES_MS = 10_000;
/** How old a report gets that nobody looks at: what is due to expire must be noticed. */
const OLDEST_MS = 5 * 60_000;
/** How often to look for such. */
const SWEEP_MS = 15_000;

interface Page {
  readonly database: StoredDatabase;
  readonly report: Report;
  readonly madeAt: number;
}

export interface ReportBookDeps {
  readonly inventory: Pick<
    Inventory,
    'all' | 'unreadable' | 'find' | 'isTakenIn' | 'subscribe'
  >;
  readonly observer: Pick<Observer, 'facts'>;
  readonly logger: LoggerService;
  readonly clock: Clock;
  /** Called with the facts behind each new report. */
  readonly onFacts?: (database: StoredDatabase, facts: Facts) => void;
  /** Called with each database that somebody looks at. */
  readonly onView?: (ref: DatabaseRef) => void;
}

/** A report on every database, made anew when facts change. */
export class ReportBook implements Reports {
  readonly #deps: ReportBookDeps;
  readonly #pages = new Map<string, Page>();
  readonly #dirty = new Set<string>();
  readonly #listeners = new Set<(change: ReportChange) => void>();
  readonly #flushing = new Map<string, Promise<void>>();
  readonly #told = new Set<string>();
  #timer?: NodeJS.Timeout;
  #sweeper?: NodeJS.Timeout;
  #unsubscribe?: () => void;
  #stopped = false;

  constructor(deps: ReportBookDeps) {
    this.#deps = deps;
  }

  /** Begins to follow what changes. */
  start(): void {
    this.#unsubscribe = this.#deps.inventory.subscribe(change =>
      this.changed(change),
    );
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
    this.#deps.inventory.all().forEach(({ ref }) => this.changed(ref));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    clearInterval(this.#sweeper);
    clearTimeout(this.#timer);
    await Promise.all(this.#flushing.values());
  }

  /** Something changed that reports speak of. */
  changed({ kubernetesCluster, namespace }: InventoryChange): void {
    const concerned = namespace
      ? [{ kubernetesCluster, namespace }]
      : this.#deps.inventory
          .all()
          .map(({ ref }) => ref)
          .filter(ref => ref.kubernetesCluster === kubernetesCluster);
    concerned.forEach(ref => this.#dirty.add(stringifyDatabaseRef(ref)));
    this.#flushSoon();
  }

  async read(
    database: StoredDatabase,
    { refresh }: { refresh: boolean },
  ): Promise<Report> {
    this.#deps.onView?.(database.ref);
    const key = stringifyDatabaseRef(database.ref);
    const page = this.#pages.get(key);
    const serves =
      page?.database === database &&
      !this.#dirty.has(key) &&
      this.#now() - page.madeAt <= SERVES_MS;
    if (serves && !refresh) return page.report;
    return this.#make(database, { refresh });
  }

  facts(database: StoredDatabase): Promise<Facts> {
    return this.#deps.observer.facts(database);
  }

  all(): KnownReport[] {
    return this.#deps.inventory.all().map(database => {
      const report = this.#pages.get(
        stringifyDatabaseRef(database.ref),
      )?.report;
      return report ? { database, report } : { database };
    });
  }

  unreadable(): UnreadableDatabase[] {
    return this.#deps.inventory.unreadable();
  }

  /** Whether there are reports of what watches told at first: until then probes would hold them up. */
  hasTold(kubernetesCluster: string): boolean {
    return this.#told.has(kubernetesCluster);
  }

  subscribe(listener: (change: ReportChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #make(
    database: StoredDatabase,
    options: { refresh?: boolean } = {},
  ): Promise<Report> {
    const key = stringifyDatabaseRef(database.ref);
    this.#dirty.delete(key);
    const facts = await this.#deps.observer.facts(database, options);
    const checks = checksOf(database);
    const findings = runChecks(checks, facts, this.#deps.clock());
    const after = toReport(database, facts, findings);
    const before = this.#pages.get(key)?.report;
    this.#pages.set(key, { database, report: after, madeAt: this.#now() });
    this.#deps.onFacts?.(database, facts);
    if (!before || !isSame(before, after)) {
      this.#tell({ database, before, after });
    }
    return after;
  }

  #tell(change: ReportChange): void {
    const { ref } = change.database;
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#warn('A change was not told', ref, error as Error);
      }
    }
  }

  #flushSoon(): void {
    if (this.#timer || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const names = [...this.#dirty].map(key => parse(key).kubernetesCluster);
      new Set(names).forEach(name => this.#flushSomeOf(name));
    }, DEBOUNCE_MS);
    this.#timer.unref();
  }

  /** Each Kubernetes cluster for itself: one that hangs must hold up no other. */
  #flushSomeOf(kubernetesCluster: string): void {
    if (this.#flushing.has(kubernetesCluster)) return;
    // Told once watches do: until then each report would ask for all of it.
    if (!this.#deps.inventory.isTakenIn(kubernetesCluster)) return;
    const flushing = this.#flush(kubernetesCluster).finally(() => {
      this.#flushing.delete(kubernetesCluster);
      this.#told.add(kubernetesCluster);
      if (this.#dirty.size > 0) this.#flushSoon();
    });
    this.#flushing.set(kubernetesCluster, flushing);
  }

  /** One after the other, so that whoever asks meanwhile is served in between. */
  async #flush(kubernetesCluster: string): Promise<void> {
    for (const key of [...this.#dirty]) {
      if (this.#stopped) return;
      const ref = parse(key);
      if (ref.kubernetesCluster !== kubernetesCluster) continue;
      this.#dirty.delete(key);
      const database = this.#deps.inventory.find(ref);
      if (database) {
        await this.#make(database).catch(error => {
          // The one before would go on saying what is not known any more.
          this.#pages.delete(key);
          this.#warn('No report could be made', database.ref, error);
        });
      } else {
        this.#pages.delete(key);
      }
      await nextTurn();
    }
  }

  #sweep(): void {
    const old = this.#now() - OLDEST_MS;
    for (const [key, { madeAt }] of this.#pages) {
      if (madeAt < old) this.#dirty.add(key);
    }
    if (this.#dirty.size > 0) this.#flushSoon();
  }

  #warn(what: string, ref: DatabaseRef, error: Error): void {
    const name = stringifyDatabaseRef(ref);
    this.#deps.logger.warn(`${what} ("${name}"): ${error.message}`);
  }

  #now(): number {
    return this.#deps.clock().getTime();
  }
}

function parse(key: string): DatabaseRef {
  const [kubernetesCluster, namespace] = key.split('/');
  return { kubernetesCluster, namespace };
}
