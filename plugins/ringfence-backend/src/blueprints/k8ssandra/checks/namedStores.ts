import type { X509Certificate } from 'node:crypto';
import {
  encryptedSides,
  objectNameSchema,
  storeNames,
  type Check,
  type CheckResult,
  type NamedStoreFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from '../../../checks/results';
import {
  isSignedBy,
  notAfter,
  notBefore,
  readCertificates,
  subjectText,
} from '../../../checks/x509';
import type { K8ssandraSpec } from '../spec';

/**
 * Whether each store that the K8ssandraCluster names is there, opens, and holds
 * what it should: of none of this the operator says anything, its pods just
 * never start.
 */
export const certificateNamedStores = (spec: K8ssandraSpec): Check => ({
  id: 'certificate.named-stores',
  title: 'Every store that the K8ssandraCluster names is in order',
  category: 'certificate',
  reasons: {
    InOrder:
      'It is there, its password opens it, and what is in it is valid and trusted.',
    NoSecret: 'The Secret that the K8ssandraCluster names does not exist.',
    NoKey:
      'The Secret has no such key: cert-manager writes keystore.jks and truststore.jks, while the operator looks for keystore and truststore unless it is told.',
    NoPassword: 'The Secret of its password, or the key in it, does not exist.',
    DoesNotOpen:
      'Its password does not open it: one of both was changed without the other.',
    Empty:
      'It opens, but does not hold what it is for: a keystore a key and its certificate, a truststore a CA.',
    NotYetValid: 'A certificate in it is not valid yet.',
    Expired: 'A certificate in it has expired.',
    NotTrusted:
      'Its certificate is signed by none of the CAs in the truststore of the same side, so peers refuse it.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ operator }, now) {
    if (!operator) return [];
    const { stores } = operator;
    if (!stores.known) return notLooked('The stores', stores);
    return stores.value.map(store =>
      seenAt(judge(spec, store, stores.value, now), stores),
    );
  },
});

const NAMES =
  'Press "Repair drift": the K8ssandraCluster must name what cert-manager writes. Where the Secret itself is gone, that has it made again.';
const RENEW =
  'Have cert-manager write the stores anew; then restart the nodes, since the operator copies the password once.';

/** What may be amiss before a store is open. */
const CLOSED = {
  'no secret': ['NoSecret', 'whose Secret does not exist'],
  'no key': ['NoKey', 'which the Secret does not have'],
  'no password': ['NoPassword', 'whose password does not exist'],
  closed: ['DoesNotOpen', 'which its password does not open'],
} as const;

function judge(
  spec: K8ssandraSpec,
  store: NamedStoreFacts,
  all: readonly NamedStoreFacts[],
  now: Date,
): CheckResult {
  const { ref, state } = store;
  const { namespace } = spec;
  const where = `"${ref.key}" of Secret "${namespace}/${ref.secret}"`;
  const evidence = {
    secret: ref.secret,
    key: ref.key,
    ...(ref.password && { passwordSecret: ref.password.secret }),
  };
  const fail = (reason: string, words: string, text = RENEW) =>
    failing(
      reason,
      `The ${ref.what} is ${where}, ${words}`,
      evidence,
      remedyOf(spec, store, text),
    );
  if (state !== 'open') {
    const [reason, words] = CLOSED[state];
    return fail(reason, words, state === 'closed' ? RENEW : NAMES);
  }
  const good = ok('InOrder', `The ${ref.what} is in order`, evidence);
  if (ref.is === 'file') return good;
  const certificates = readCertificates(store.certificatesPem);
  if (certificates.length === 0 || (ref.is === 'keystore' && !store.hasKey)) {
    return fail(
      'Empty',
      ref.is === 'keystore'
        ? 'which holds no key with its certificate'
        : 'which holds no CA',
    );
  }
  // Of a keystore the leaf; of a truststore peers need one CA that is valid.
  const [shown] =
    ref.is === 'keystore' ? certificates : newestFirst(certificates);
  const dates = datesProblem(shown, now);
  if (dates) return fail(...dates);
  if (
    ref.is === 'keystore' &&
    isTrusted(certificates, ref.side, all) === false
  ) {
    return fail(
      'NotTrusted',
      `whose certificate "${subjectText(
        shown,
      )}" is signed by no CA in the truststore`,
    );
  }
  return good;
}

function remedyOf(
  spec: K8ssandraSpec,
  { ref, state }: NamedStoreFacts,
  text: string,
) {
  const { namespace } = spec;
  const { secret } = ref;
  // Whoever can write a K8ssandraCluster may have named anything, and people paste commands.
  const describe = objectNameSchema.safeParse(secret).success && {
    command: `kubectl describe secret ${secret} -n ${namespace}`,
  };
  if (ref.is === 'file') {
    return {
      text: 'Put it there: pods of nodes do not start without it.',
      ...describe,
    };
  }
  const isCertificates = encryptedSides(spec).some(
    side => storeNames.certificate(spec, side) === secret,
  );
  // Only what cert-manager writes it can write anew.
  if (!isCertificates) return { text: NAMES, ...describe };
  return state === 'open' || state === 'closed'
    ? { text, command: `cmctl renew ${secret} -n ${namespace}` }
    : { text, ...describe };
}

function datesProblem(
  certificate: X509Certificate,
  now: Date,
): [reason: string, words: string] | undefined {
  const from = notBefore(certificate);
  const to = notAfter(certificate);
  const subject = subjectText(certificate);
  if (to <= now) {
    return ['Expired', `whose "${subject}" expired ${to.toISOString()}`];
  }
  return from > now
    ? ['NotYetValid', `whose "${subject}" is valid from ${from.toISOString()}`]
    : undefined;
}

function newestFirst(certificates: readonly X509Certificate[]) {
  return [...certificates].sort(
    (a, b) => notAfter(b).getTime() - notAfter(a).getTime(),
  );
}

/** @returns undefined where the truststore of its side says nothing, which is a finding of its own */
function isTrusted(
  chain: readonly X509Certificate[],
  side: string,
  all: readonly NamedStoreFacts[],
): boolean | undefined {
  const trust = all.find(
    ({ ref, state }) =>
      ref.side === side && ref.is === 'truststore' && state === 'open',
  );
  if (!trust) return undefined;
  return leadsTo(readCertificates(trust.certificatesPem), chain);
}

/** Whether one of these CAs signed the leaf, or what comes with it and leads there. */
function leadsTo(
  authorities: readonly X509Certificate[],
  [certificate, ...others]: readonly X509Certificate[],
): boolean {
  if (authorities.some(authority => isSignedBy(certificate, authority))) {
    return true;
  }
  const next = others.find(other => isSignedBy(certificate, other));
  if (!next) return false;
  return leadsTo(authorities, [next, ...others.filter(it => it !== next)]);
}
