import {
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import {
  compareStatus,
  type DatabaseRef,
  type Finding,
  type FindingStatus,
  type TrafficPoint,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Knex } from 'knex';
import {
  pruneComparisons,
  readComparisons,
  saveComparisons,
} from './comparisons';
import {
  listProbeResults,
  pruneProbeResults,
  saveProbeResults,
  type ProbeResult,
} from './probeResults';
import { listTraffic, pruneTraffic, recordTraffic } from './traffic';

/** Who took a bundle away, and with which CA. */
export interface BundleReceipt {
  /** Entity ref. */
  readonly userRef: string;
  /** Fingerprints of the CA certificates in it. */
  readonly caSha256: readonly string[];
  readonly downloadedAt: Date;
  /** When the first of its CA certificates ends. */
  readonly expiresAt: Date;
}

/** What a check last said of a database: the worst, where it said several things. */
export interface LastFinding {
  readonly check: string;
  readonly status: FindingStatus;
  readonly reason: string;
  readonly summary: string;
  /** When status and reason became what they are. */
  readonly since: Date;
  readonly observedAt: Date;
}

interface ReceiptRow {
  id: number;
  kubernetes_cluster: string;
  namespace: string;
  user_ref: string;
  ca_sha256: string;
  downloaded_at: string;
  expires_at: string;
}

interface FindingRow {
  kubernetes_cluster: string;
  namespace: string;
  check_id: string;
  status: FindingStatus;
  reason: string;
  summary: string;
  since: string;
  observed_at: string;
}

const MIGRATIONS = resolvePackagePath(
  '@ringfence/backstage-plugin-ringfence-backend',
  'migrations',
);

/** The plugin's own database: nothing but history, which may be lost. */
export class History {
  readonly #knex: Knex;

  private constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Brings the tables up to date, unless the portal does that elsewhere. */
  static async create(database: DatabaseService): Promise<History> {
    const knex = await database.getClient();
    if (!database.migrations?.skip) {
      await knex.migrate.latest({ directory: MIGRATIONS });
    }
    return new History(knex);
  }

  /** Notes that somebody took a bundle away. */
  async recordBundle(ref: DatabaseRef, receipt: BundleReceipt): Promise<void> {
    await this.#knex<ReceiptRow>('bundle_receipts').insert({
      ...keyOf(ref),
      user_ref: receipt.userRef,
      ca_sha256: receipt.caSha256.join(','),
      downloaded_at: receipt.downloadedAt.toISOString(),
      expires_at: receipt.expiresAt.toISOString(),
    });
  }

  /** Who took bundles of this database away, latest first. */
  async listBundles(ref: DatabaseRef): Promise<BundleReceipt[]> {
    const rows = await this.#knex<ReceiptRow>('bundle_receipts')
      .where(keyOf(ref))
      .orderBy('id', 'desc');
    return rows.map(row => ({
      userRef: row.user_ref,
      caSha256: row.ca_sha256.split(','),
      downloadedAt: new Date(row.downloaded_at),
      expiresAt: new Date(row.expires_at),
    }));
  }

  /**
   * Replaces what was last said of databases; checks that no longer exist are
   * forgotten. All at once: each time that something is written down for good
   * takes as long as writing much.
   */
  async recordFindings(
    said: ReadonlyArray<{
      readonly ref: DatabaseRef;
      readonly findings: readonly Finding[];
    }>,
  ): Promise<void> {
    await this.#knex.transaction(async transaction => {
      for (const { ref, findings } of said) {
        await replaceFindings(transaction, ref, findings);
      }
    });
  }

  /** What each check last said of a database, by check. */
  async listFindings(ref: DatabaseRef): Promise<LastFinding[]> {
    const rows = await this.#knex<FindingRow>('last_findings')
      .where(keyOf(ref))
      .orderBy('check_id');
    return rows.map(row => ({
      check: row.check_id,
      status: row.status,
      reason: row.reason,
      summary: row.summary,
      since: new Date(row.since),
      observedAt: new Date(row.observed_at),
    }));
  }

  /** Replaces what probes last found out, for all replicas of the portal. */
  saveProbes(results: readonly ProbeResult[]): Promise<void> {
    return saveProbeResults(this.#knex, results);
  }

  /** What probes found out after a moment, or at it. */
  listProbes(since: Date): Promise<ProbeResult[]> {
    return listProbeResults(this.#knex, since);
  }

  /** Notes how much traffic there was since the note before. */
  recordTraffic(ref: DatabaseRef, point: TrafficPoint): Promise<void> {
    return recordTraffic(this.#knex, ref, point);
  }

  /** Traffic to a database since a moment, oldest first. */
  listTraffic(ref: DatabaseRef, since: Date): Promise<TrafficPoint[]> {
    return listTraffic(this.#knex, ref, since);
  }

  /** How the objects of a database last compared with their manifests, as JSON. */
  readComparisons(ref: DatabaseRef): Promise<string | undefined> {
    return readComparisons(this.#knex, ref);
  }

  /** Replaces how they last compared. */
  saveComparisons(ref: DatabaseRef, text: string, at: Date): Promise<void> {
    return saveComparisons(this.#knex, ref, text, at);
  }

  /** Forgets traffic before one moment, answers of probes before another, and comparisons before a third. */
  async prune(before: {
    traffic: Date;
    probes: Date;
    comparisons: Date;
  }): Promise<void> {
    await pruneTraffic(this.#knex, before.traffic);
    await pruneProbeResults(this.#knex, before.probes);
    await pruneComparisons(this.#knex, before.comparisons);
  }

  /** Forgets what checks said of a database that is gone; who has its bundles stays known. */
  async forgetFindings(ref: DatabaseRef): Promise<void> {
    await this.#knex<FindingRow>('last_findings').where(keyOf(ref)).delete();
  }
}

function keyOf({ kubernetesCluster, namespace }: DatabaseRef) {
  return { kubernetes_cluster: kubernetesCluster, namespace };
}

async function replaceFindings(
  transaction: Knex.Transaction,
  ref: DatabaseRef,
  findings: readonly Finding[],
): Promise<void> {
  const table = () => transaction<FindingRow>('last_findings');
  const before = await table().where(keyOf(ref));
  const rows = worstByCheck(findings).map(finding =>
    toRow(ref, finding, before),
  );
  const checks = new Set(rows.map(row => row.check_id));
  const gone = before.filter(row => !checks.has(row.check_id));
  if (gone.length > 0) {
    const names = gone.map(row => row.check_id);
    await table().where(keyOf(ref)).whereIn('check_id', names).delete();
  }
  if (rows.length === 0) return;
  // Another replica of the portal may write the same at the same time.
  await table()
    .insert(rows)
    .onConflict(['kubernetes_cluster', 'namespace', 'check_id'])
    .merge();
}

function worstByCheck(findings: readonly Finding[]): Finding[] {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const other = worst.get(finding.check);
    if (!other || compareStatus(finding.status, other.status) < 0) {
      worst.set(finding.check, finding);
    }
  }
  return [...worst.values()];
}

function toRow(
  ref: DatabaseRef,
  finding: Finding,
  before: readonly FindingRow[],
): FindingRow {
  const last = before.find(row => row.check_id === finding.check);
  const same =
    last?.status === finding.status && last.reason === finding.reason;
  return {
    ...keyOf(ref),
    check_id: finding.check,
    status: finding.status,
    reason: finding.reason,
    summary: finding.summary,
    since: same ? last.since : finding.observedAt,
    observed_at: finding.observedAt,
  };
}
