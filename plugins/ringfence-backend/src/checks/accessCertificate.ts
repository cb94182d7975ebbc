import type {
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from './results';

/** Whether somebody without a client certificate is turned away, where the spec requires one. */
export const accessCertificate: Check = {
  id: 'access.certificate',
  title: 'Connections without a client certificate are refused',
  category: 'access',
  reasons: {
    Refused:
      'A connection that showed no certificate came to no login, while one that showed one did.',
    LetIn:
      'A connection that showed no certificate came to a login, although the spec requires certificates: a password is all that keeps strangers out.',
    NotTold:
      'A connection that showed no certificate came to no login, but neither did one that showed one: what kept them out is not known.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.clientCertificates?.mode !== 'required') return [];
    const { withoutCertificate } = facts.logins;
    const what = 'A connection without a client certificate';
    if (!withoutCertificate) {
      return unknown(NOT_LOOKED, `${what} was not tried yet`);
    }
    if (!withoutCertificate.known) return notLooked(what, withoutCertificate);
    return seenAt(
      withoutCertificate.value.outcome === 'unreachable'
        ? turnedAway(facts, withoutCertificate.value.message)
        : letIn(facts),
      withoutCertificate,
    );
  },
};

function letIn({ access, database }: Facts): CheckResult {
  const { namespace } = database;
  return failing(
    'LetIn',
    'A connection that shows no certificate comes to a login, although the spec requires one',
    {},
    access.gateway
      ? {
          text: 'See what became of the listeners of the Gateway, and choose "Repair drift" on the page of the database.',
          command: `kubectl get gateway ${access.gateway.name} -n ${namespace} -o yaml`,
        }
      : {
          text: 'See whether require_client_auth is true in the settings of the nodes, and choose "Repair drift" on the page of the database.',
          command: `kubectl get cassandradatacenter -n ${namespace} -o yaml`,
        },
  );
}

/** That nobody gets through would look the same: one with a certificate must. */
function turnedAway({ logins }: Facts, message: string): CheckResult {
  const { anonymous } = logins;
  const evidence = { answer: message };
  return anonymous.known && anonymous.value.outcome !== 'unreachable'
    ? ok(
        'Refused',
        'A connection without a client certificate is refused',
        evidence,
      )
    : unknown(
        'NotTold',
        'A connection without a client certificate came to no login, and neither did one with it',
        {
          text: 'Mend first what keeps those with a certificate out: see "The application role can log in".',
        },
        evidence,
      );
}
