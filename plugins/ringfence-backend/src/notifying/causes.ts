import {
  stringifyDatabaseRef,
  type CertificateSummary,
  type DatabaseRef,
  type Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { renewalOverdue } from '../checks';
import type { UnreadableDatabase } from '../databases';

const DAY_MS = 24 * 60 * 60_000;
/** Days before its end at which a certificate is told of, while its renewal is overdue. */
const EXPIRY_DAYS = [30, 14, 7, 1];

/** With the name of the certificate behind it. */
const EXPIRY = 'certificate.expiry/';

/** The cause of a database whose provisioning does not end. */
const STUCK = 'provisioning';

/** The cause of a database whose spec cannot be read. */
const UNREADABLE = 'spec';

/** Something that an owner should know of: one for each cause. */
export interface Alert {
  /** Of one database: the id of a check, `certificate.expiry/<name>`, `provisioning`, or `spec`. */
  readonly cause: string;
  /** Falls as it becomes more urgent; each fall is told of. */
  readonly level: number;
  readonly title: string;
  readonly description: string;
  readonly severity: 'critical' | 'high' | 'normal';
}

/** That a database is still only being made. */
export function stuckAlert(ref: DatabaseRef, since: Date): Alert {
  return {
    cause: STUCK,
    level: 0,
    title: `${stringifyDatabaseRef(ref)}: provisioning has not ended`,
    description: `It has been under way since ${since.toISOString()} at least, longer than it ever waits, and nothing probes the database until it is done. Provision it again with the same spec: that goes on where it stopped, or says what it waits for`,
    severity: 'high',
  };
}

/** That nothing is known of a database, since its spec cannot be read. */
export function unreadableAlert({ ref, why }: UnreadableDatabase): Alert {
  return {
    cause: UNREADABLE,
    level: 0,
    title: `${stringifyDatabaseRef(ref)}: its spec cannot be read`,
    description: `Nothing is observed of it until it can: ${why}`,
    severity: 'high',
  };
}

/** What of a report is to be told of now. */
export function alertsOf(report: Report, now: Date): Alert[] {
  return [...failingChecks(report), ...expiringCertificates(report, now)];
}

/**
 * Whether an open alert is over. A check that could not look says nothing
 * about it, so it stays open.
 */
export function isOver(cause: string, report: Report, now: Date): boolean {
  if (alertsOf(report, now).some(alert => alert.cause === cause)) return false;
  if (isExpiry(cause)) {
    const name = cause.slice(EXPIRY.length);
    const certificate = report.certificates.find(one => one.name === name);
    return certificate === undefined || certificate.notAfter !== undefined;
  }
  return report.findings
    .filter(({ check }) => check === cause)
    .every(({ status }) => status !== 'unknown');
}

/** What tells that it is over. */
export function recoveryText(cause: string, report: Report): string {
  if (cause === STUCK) return 'Provisioning has ended';
  if (cause === UNREADABLE) return 'Its spec can be read again';
  if (isExpiry(cause)) {
    return `Certificate "${cause.slice(EXPIRY.length)}" is renewed`;
  }
  const finding = report.findings.find(({ check }) => check === cause);
  return finding?.summary ?? 'It is no longer asked';
}

function failingChecks({ findings, ...report }: Report): Alert[] {
  const failing = findings.filter(({ status }) => status === 'failing');
  const checks = new Set(failing.map(({ check }) => check));
  return [...checks].map(cause => {
    const answers = failing.filter(({ check }) => check === cause);
    const [{ title, remedy }] = answers;
    return {
      cause,
      level: 0,
      title: `${addressOf(report)}: not so: ${title}`,
      description: [...answers.map(({ summary }) => summary), remedy?.text]
        .filter(Boolean)
        .join('. '),
      severity: 'high' as const,
    };
  });
}

function isExpiry(cause: string): boolean {
  return cause.startsWith(EXPIRY);
}

function expiringCertificates(
  { certificates, ...report }: Report,
  now: Date,
): Alert[] {
  return certificates.flatMap(certificate => {
    const level = expiryLevel(certificate, now);
    if (level === undefined) return [];
    return {
      cause: `${EXPIRY}${certificate.name}`,
      level,
      title: `${addressOf(report)}: certificate "${
        certificate.name
      }" expires within ${level === 1 ? 'a day' : `${level} days`}`,
      description: `Its renewal was due on ${certificate.renewalTime} and has not happened; it ends on ${certificate.notAfter}. Renew it on the page of the database`,
      severity: level <= 7 ? ('critical' as const) : ('high' as const),
    };
  });
}

/** The threshold that it is under; undefined where its renewal is not overdue, or there is time. */
function expiryLevel(
  { notAfter, renewalTime }: CertificateSummary,
  now: Date,
): number | undefined {
  if (!notAfter || !renewalTime) return undefined;
  const times = { renewalTime: new Date(renewalTime) };
  if (!renewalOverdue(times, now)) return undefined;
  const daysLeft = (Date.parse(notAfter) - now.getTime()) / DAY_MS;
  return [...EXPIRY_DAYS].reverse().find(days => daysLeft <= days);
}

function addressOf(
  report: Omit<Report, 'findings'> | Omit<Report, 'certificates'>,
) {
  return stringifyDatabaseRef(report);
}
