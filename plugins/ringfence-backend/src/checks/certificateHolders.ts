import type {
  BundleHolder,
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  caCertificate,
  issuedCertificate,
  serviceCertificate,
} from './certificateFacts';
import {
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { count, list } from './words';
import { readCertificates } from './x509';

/** Whether someone still trusts a CA that is on its way out. */
export const certificateHolders: Check = {
  id: 'certificate.holders',
  title: 'Nobody holds a bundle with an outgoing CA',
  category: 'certificate',
  reasons: {
    AllPresent: 'Everybody who took a bundle has the present CA in the newest.',
    NobodyYet: 'Nobody has taken a bundle from this portal.',
    OutgoingCa:
      'The newest bundle of somebody does not hold the present CA: their clients refuse the database as soon as its certificate is under the present one.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none') return [];
    const present = presentCas(facts);
    // Without a CA there is nothing to compare with; certificate.authority says so.
    if (present.length === 0) return [];
    if (!facts.receipts.known) {
      return notLooked('Who took bundles away', facts.receipts);
    }
    const newest = newestOfEach(facts.receipts.value);
    return seenAt(judge(newest, present), facts.receipts);
  },
};

/** The database's own CA as it is now; else what the Secret of the service certificate carries. */
function presentCas(facts: Facts): string[] {
  const own = caCertificate(facts);
  const issued = own && issuedCertificate(own);
  if (issued) return [issued.fingerprint256];
  const secret = serviceCertificate(facts)?.secret;
  return readCertificates(secret?.known ? secret.value?.caPem : undefined).map(
    ({ fingerprint256 }) => fingerprint256,
  );
}

function newestOfEach(receipts: readonly BundleHolder[]): BundleHolder[] {
  const byUser = new Map<string, BundleHolder>();
  for (const receipt of receipts) {
    const other = byUser.get(receipt.userRef);
    if (!other || other.downloadedAt < receipt.downloadedAt) {
      byUser.set(receipt.userRef, receipt);
    }
  }
  return [...byUser.values()];
}

function judge(
  newest: readonly BundleHolder[],
  present: readonly string[],
): CheckResult {
  if (newest.length === 0) {
    return ok('NobodyYet', 'Nobody has taken a bundle from this portal');
  }
  const outgoing = newest.filter(
    ({ caSha256 }) => !caSha256.some(sha256 => present.includes(sha256)),
  );
  if (outgoing.length === 0) {
    return ok(
      'AllPresent',
      `The newest bundle of ${count(
        newest.length,
        'holder',
      )} has the present CA`,
      { presentCaSha256: [...present] },
    );
  }
  const users = outgoing.map(({ userRef }) => userRef).sort();
  return warning(
    'OutgoingCa',
    `The bundle of ${list(users)} holds a CA that is going out`,
    {
      holders: outgoing.map(
        ({ userRef, downloadedAt }) =>
          `${userRef}, taken ${downloadedAt.toISOString()}`,
      ),
      presentCaSha256: [...present],
    },
    {
      text: 'Ask them to press "Connect" and take the bundle anew, before the certificate is renewed under the present CA.',
    },
  );
}
