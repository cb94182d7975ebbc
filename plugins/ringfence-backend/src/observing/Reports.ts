import type { Report } from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import type {
  StoredDatabase,
  UnreadableDatabase,
} from '../databases/Databases';

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
  /** Those of which there can be no report, since their spec cannot be read. Asks nobody. */
  unreadable(): readonly UnreadableDatabase[];
  /** Called whenever a report becomes another; returns what ends it. */
  subscribe(listener: (change: ReportChange) => void): () => void;
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
