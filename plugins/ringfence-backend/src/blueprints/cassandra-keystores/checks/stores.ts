import type {
  CertificateFacts,
  Check,
  CheckResult,
  StoreFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from '../../../checks/results';

/** Whether the stores of each leaf are there, and open with the password that is meant for them. */
export const certificateStores: Check = {
  id: 'certificate.stores',
  title: 'Every keystore is there and opens with its password',
  category: 'certificate',
  reasons: {
    Open: 'Every store is there, and the generated password opens it.',
    Missing:
      'cert-manager has not written a store that the Certificate asks for.',
    NoPassword: 'The Secret with the password of the stores is not there.',
    DoNotOpen:
      'A store does not open with the password: the password was changed after it was written, or somebody wrote over it.',
    NotAsked: 'The Secret holds no store at all, or is not there.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run: facts =>
    facts.certificates
      .filter(({ purpose }) => purpose !== 'ca')
      .map(leaf => judge(leaf, facts.database.namespace)),
};

const REASONS: ReadonlyArray<
  readonly [StoreFacts['is'], reason: string, words: string]
> = [
  ['without password', 'NoPassword', 'have no password to open them with'],
  ['missing', 'Missing', 'are missing'],
  ['closed', 'DoNotOpen', 'do not open with their password'],
];

function judge(
  { name, secret }: CertificateFacts,
  namespace: string,
): CheckResult {
  if (!secret.known) return notLooked(`Secret "${name}"`, secret);
  const stores = secret.value?.stores ?? [];
  const remedy = {
    text: 'Have cert-manager write the stores anew; where a password is missing, provision the database again first.',
    command: `cmctl renew ${name} -n ${namespace}`,
  };
  const [problem] = REASONS.flatMap(([is, reason, words]) => {
    const keys = stores.filter(store => store.is === is).map(({ key }) => key);
    if (keys.length === 0) return [];
    const summary = `Stores of Secret "${namespace}/${name}" ${words}: ${keys.join(
      ', ',
    )}`;
    return [failing(reason, summary, { stores: keys }, remedy)];
  });
  if (problem) return seenAt(problem, secret);
  return seenAt(
    stores.length === 0
      ? unknown('NotAsked', `Nothing is known of stores of "${name}"`, remedy)
      : ok(
          'Open',
          `The stores of Secret "${namespace}/${name}" open with their password`,
          { stores: stores.map(({ key }) => key) },
        ),
    secret,
  );
}
