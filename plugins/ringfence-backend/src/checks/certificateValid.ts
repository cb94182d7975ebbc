import type {
  Evidence,
  Remedy,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  CertificateFacts,
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  certificateTimes,
  isExpired,
  issuedCertificate,
  renewalOverdue,
  expiresSoon,
  type CertificateTimes,
} from './certificateFacts';
import { findCondition, isOutdated, type Condition } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { evidenceOf } from './certificateEvidence';
import { issuerRefusal } from './certificateRequests';
import { durationText, expiryText } from './words';

/** How far a certificate may begin in the future: clocks differ by some minutes. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** One certificate as this check looks at it. */
interface Subject {
  readonly namespace: string;
  readonly facts: CertificateFacts;
  readonly certificate: KubernetesObject | undefined;
  readonly times: CertificateTimes;
  readonly evidence: Evidence;
  readonly now: Date;
  /** What the issuer said of the newest request that failed. */
  readonly refusal: string | undefined;
}

function missing(subject: Subject): CheckResult | undefined {
  if (subject.certificate && issuedCertificate(subject.facts)) return undefined;
  const why = subject.certificate
    ? issuingFailure(subject) ??
      notReadyMessage(subject) ??
      'its Secret holds no certificate yet'
    : 'there is no such Certificate';
  return failing(
    'DoesNotExist',
    `${nameOf(subject)} has not been issued: ${why}`,
    subject.evidence,
    describeRemedy(subject, 'See what keeps cert-manager from issuing it'),
  );
}

function expired(subject: Subject): CheckResult | undefined {
  if (!isExpired(subject.times, subject.now)) return undefined;
  const ready = findCondition(subject.certificate?.status, 'Ready');
  const though =
    ready?.status === 'True' ? ', though cert-manager calls it Ready' : '';
  return failing(
    'Expired',
    `${nameOf(subject)} ${expiry(subject)}${though}`,
    subject.evidence,
    renewRemedy(subject),
  );
}

function notYetValid(subject: Subject): CheckResult | undefined {
  const waitMs =
    (subject.times.notBefore?.getTime() ?? 0) - subject.now.getTime();
  if (waitMs <= CLOCK_TOLERANCE_MS) return undefined;
  return failing(
    'NotYetValid',
    `${nameOf(subject)} becomes valid only in ${durationText(waitMs)}`,
    subject.evidence,
    { text: "Compare the clocks of the issuer's node and of the portal." },
  );
}

function issuingFailed(subject: Subject): CheckResult | undefined {
  const why = issuingFailure(subject);
  if (!why) return undefined;
  return warning(
    'IssuingFailed',
    `${nameOf(subject)} ${expiry(subject)} and could not be renewed: ${why}`,
    subject.evidence,
    describeRemedy(
      subject,
      'Mend what cert-manager names; it tries again by itself',
    ),
  );
}

function overdue(subject: Subject): CheckResult | undefined {
  if (!renewalOverdue(subject.times, subject.now)) return undefined;
  const lateMs = subject.now.getTime() - subject.times.renewalTime!.getTime();
  return warning(
    'RenewalOverdue',
    `${nameOf(subject)} should have been renewed ${durationText(
      lateMs,
    )} ago; it ${expiry(subject)}`,
    subject.evidence,
    renewRemedy(subject),
  );
}

function soon(subject: Subject): CheckResult | undefined {
  if (!expiresSoon(subject.times, subject.now)) return undefined;
  return warning(
    'ExpiresSoon',
    `${nameOf(subject)} ${expiry(subject)}`,
    subject.evidence,
    renewRemedy(subject),
  );
}

function notReady(subject: Subject): CheckResult | undefined {
  const ready = findCondition(subject.certificate?.status, 'Ready');
  if (isIssuing(subject)) return undefined;
  if (ready?.status === 'True' && !saysOlder(subject, ready)) return undefined;
  return warning(
    'NotReady',
    `${nameOf(subject)} is not Ready: ${
      notReadyMessage(subject) ?? 'cert-manager has not looked at it yet'
    }`,
    subject.evidence,
    describeRemedy(subject, 'See what cert-manager waits for'),
  );
}

function renewing(subject: Subject): CheckResult | undefined {
  if (!isIssuing(subject)) return undefined;
  return ok(
    'Renewing',
    `${nameOf(subject)} is being renewed; the present one ${expiry(subject)}`,
    subject.evidence,
  );
}

function valid(subject: Subject): CheckResult {
  return ok(
    'Valid',
    `${nameOf(subject)} ${expiry(subject)}${renewal(subject)}`,
    subject.evidence,
  );
}

function renewal({ times, now }: Subject): string {
  if (!times.renewalTime) return '';
  const leftMs = times.renewalTime.getTime() - now.getTime();
  return leftMs > 0
    ? `, renews itself in ${durationText(leftMs)}`
    : ', is due to renew itself now';
}

/** Whether cert-manager has not looked at the present spec yet. */
function saysOlder({ certificate }: Subject, ready: Condition): boolean {
  return certificate !== undefined && isOutdated(ready, certificate);
}

function isIssuing({ certificate }: Subject): boolean {
  return findCondition(certificate?.status, 'Issuing')?.status === 'True';
}

/** cert-manager's own words on an issuance that failed, until one succeeds. */
function issuingFailure({ certificate, refusal }: Subject): string | undefined {
  const issuing = findCondition(certificate?.status, 'Issuing');
  if (issuing?.status !== 'False' || !certificate?.status?.lastFailureTime) {
    return undefined;
  }
  return (
    refusal ??
    `${issuing.reason ?? 'Failed'}: ${issuing.message ?? 'no message'}`
  );
}

function notReadyMessage({ certificate }: Subject): string | undefined {
  const ready = findCondition(certificate?.status, 'Ready');
  if (!ready || ready.status === 'True') return undefined;
  return `${ready.reason ?? 'NotReady'}: ${ready.message ?? 'no message'}`;
}

function nameOf({ namespace, facts }: Subject): string {
  return `Certificate "${namespace}/${facts.name}"`;
}

function expiry({ times, now }: Subject): string {
  return times.notAfter ? expiryText(times.notAfter, now) : 'has no end date';
}

function renewRemedy({ namespace, facts }: Subject): Remedy {
  return {
    text: 'Press "Renew now"; see whether cert-manager\'s controller runs if that does nothing.',
    command: `cmctl renew ${facts.name} -n ${namespace}`,
  };
}

function describeRemedy({ namespace, facts }: Subject, text: string): Remedy {
  return {
    text: `${text}.`,
    command: `kubectl describe certificate ${facts.name} -n ${namespace}`,
  };
}

/** The first that applies is the answer: what is worse comes first. */
const JUDGEMENTS: ReadonlyArray<(subject: Subject) => CheckResult | undefined> =
  [
    missing,
    expired,
    notYetValid,
    issuingFailed,
    overdue,
    soon,
    notReady,
    renewing,
    valid,
  ];

function judge(
  facts: Facts,
  certificate: CertificateFacts,
  now: Date,
): CheckResult {
  const { namespace } = facts.database;
  const name = `${namespace}/${certificate.name}`;
  if (!certificate.certificate.known) {
    return notLooked(`Certificate "${name}"`, certificate.certificate);
  }
  if (!certificate.secret.known) {
    return notLooked(`The Secret of Certificate "${name}"`, certificate.secret);
  }
  const times = certificateTimes(certificate);
  const refusal = issuerRefusal(facts, certificate.name);
  const subject: Subject = {
    namespace,
    facts: certificate,
    certificate: certificate.certificate.value,
    times,
    evidence: evidenceOf(certificate, times, refusal),
    now,
    refusal,
  };
  const result = JUDGEMENTS.map(decide => decide(subject)).find(Boolean)!;
  return seenAt(result, certificate.certificate, certificate.secret);
}

/** Whether each certificate is there, within its dates and renewed in time. */
export const certificateValid: Check = {
  id: 'certificate.valid',
  title: 'Certificates are valid and renew themselves',
  category: 'certificate',
  reasons: {
    Valid:
      'The certificate in the Secret is within its dates and not due for renewal.',
    Renewing:
      'cert-manager is issuing a new certificate; the present one is still valid.',
    DoesNotExist:
      'There is no Certificate of this name, or its Secret holds no certificate yet.',
    Expired: 'The end date has passed, whatever the condition Ready says.',
    NotYetValid: 'The certificate begins more than five minutes from now.',
    IssuingFailed: 'cert-manager tried to issue a new certificate and failed.',
    RenewalOverdue:
      'The renewal time passed more than five minutes ago and the certificate is still the old one.',
    ExpiresSoon: 'Less than a tenth of its lifetime is left.',
    NotReady:
      'cert-manager says that the certificate does not match what was asked for.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run: (facts, now) =>
    facts.certificates.map(certificate => judge(facts, certificate, now)),
};
