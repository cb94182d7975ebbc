import type { Evidence } from '@ringfence/backstage-plugin-ringfence-common';
import type { CertificateFacts } from '@ringfence/backstage-plugin-ringfence-node';
import type { CertificateTimes } from './certificateFacts';
import { findCondition } from './objects';

/**
 * What a finding on a certificate's dates goes by.
 *
 * @param refusal - what the issuer said of a request that failed
 */
export function evidenceOf(
  facts: CertificateFacts,
  times: CertificateTimes,
  refusal: string | undefined,
): Evidence {
  const certificate = facts.certificate.known
    ? facts.certificate.value
    : undefined;
  const ready = findCondition(certificate?.status, 'Ready');
  return {
    purpose: facts.purpose,
    ...(ready && { ready: ready.status, readyReason: ready.reason ?? '' }),
    ...(times.notBefore && { notBefore: times.notBefore.toISOString() }),
    ...(times.notAfter && { notAfter: times.notAfter.toISOString() }),
    ...(times.renewalTime && { renewalTime: times.renewalTime.toISOString() }),
    ...(certificate?.status?.failedIssuanceAttempts && {
      failedIssuanceAttempts: certificate.status.failedIssuanceAttempts,
    }),
    ...(refusal && { refusal }),
  };
}
