import type {
  Finding,
  Evidence,
  FindingCategory,
  FindingStatus,
  Remedy,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from './facts';

/** One question about a database, answered from facts. Pure; the clock is an argument. */
export interface Check {
  /** Such as `certificate.served`. */
  readonly id: string;
  readonly title: string;
  readonly category: FindingCategory;
  /** What it may answer: each reason with a sentence on what it means. */
  readonly reasons: Readonly<Record<string, string>>;
  /** URL of a page on it. Absent: Ringfence's own page of checks, where each reason has an anchor. */
  readonly documentation?: string;
  /** One answer, or one for each object asked about. */
  run(facts: Facts, now: Date): CheckResult | CheckResult[];
}

/** A finding before it carries the check's own particulars. */
export interface CheckResult {
  readonly status: FindingStatus;
  readonly reason: string;
  readonly summary: string;
  readonly evidence: Evidence;
  readonly remedy?: Remedy;
  /** Of the oldest fact behind it. Absent: the moment the facts were gathered. */
  readonly observedAt?: Date;
}

export type { Finding };
