import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  stringifyDatabaseRef,
  type Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { checksOf, runChecks, toReport } from '../checks';
import type { StoredDatabase } from '../databases/Databases';
import type { History } from '../history';
import type { Clock } from './look';
import type { Observer } from './Observer';

/** A report that became another. */
export interface ReportChange {
  readonly database: StoredDatabase;
  /** Absent: the first one. */
  readonly before?: Report;
  readonly after: Report;
}

/** A database and the last report on it. */
export interface KnownReport {
  readonly database: StoredDatabase;
  /** Absent: there is none yet. */
  readonly report?: Report;
}

/** The reports on all databases, for whoever shows them or tells of them. */
export interface Reports {
  /**
   * The report as known now.
   *
   * @param options - `refresh` runs the probes first
   */
  read(
    database: StoredDatabase,
    options: { refresh: boolean },
  ): Promise<Report>;
  /** The facts behind it, as known now. */
  facts(database: StoredDatabase): Promise<Facts>;
  /** Every database known, with its last report where there is one. Asks nobody. */
  all(): readonly KnownReport[];
  /** Called whenever a report becomes another; returns what ends it. */
  subscribe(listener: (change: ReportChange) => void): () => void;
}

/** What {@link createReports} needs. */
export interface ReportsDeps {
  readonly observer: Pick<Observer, 'facts'>;
  readonly history: Pick<History, 'recordFindings'>;
  readonly logger: LoggerService;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Reports that are made when someone asks for them. */
export function createReports(deps: ReportsDeps): Reports {
  const { observer, history, logger } = deps;
  const clock = deps.clock ?? (() => new Date());
  const known = new Map<string, Required<KnownReport>>();
  const listeners = new Set<(change: ReportChange) => void>();

  const keep = (database: StoredDatabase, after: Report) => {
    const key = stringifyDatabaseRef(database.ref);
    const before = known.get(key)?.report;
    known.set(key, { database, report: after });
    if (before && isSame(before, after)) return;
    listeners.forEach(listener => listener({ database, before, after }));
  };

  return {
    async read(database, options) {
      const { ref } = database;
      const facts = await observer.facts(database, options);
      const findings = runChecks(checksOf(database), facts, clock());
      await history.recordFindings(ref, findings).catch(error => {
        const name = stringifyDatabaseRef(ref);
        logger.warn(`Findings were not kept ("${name}"): ${error.message}`);
      });
      const report = toReport(database, facts, findings);
      keep(database, report);
      return report;
    },
    facts: database => observer.facts(database),
    all: () => [...known.values()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether two reports say the same, whenever they were made. */
export function isSame(a: Report, b: Report): boolean {
  return said(a) === said(b);
}

function said({ observedAt, findings, ...report }: Report): string {
  const answers = findings.map(
    ({ observedAt: _seenAt, evidence, ...finding }) => finding,
  );
  return JSON.stringify({ ...report, findings: answers });
}
