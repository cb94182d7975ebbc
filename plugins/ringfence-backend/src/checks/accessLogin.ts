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
  warning,
} from './results';
import { judgeLogin, UNREACHABLE_MEANING } from './loginResult';

/** A login takes some tenths of a second; one that takes this long makes drivers give up. */
const SLOW_MS = 5_000;

/** Whether the role made for clients can log in. */
export const accessLogin: Check = {
  id: 'access.login',
  title: 'The application role can log in',
  category: 'access',
  reasons: {
    Accepted: 'The application role logged in, the way clients come in.',
    AcceptedSlowly:
      'The application role logged in, but it took more than five seconds, which is where drivers give up.',
    Refused: 'The database refuses the application role.',
    Unreachable: UNREACHABLE_MEANING,
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!facts.access.applicationRoleSecret) return [];
    return judgeLogin(
      'A login as the application role',
      facts.logins.application,
      {
        accepted: took => accepted(facts, took),
        refused: message =>
          failing(
            'Refused',
            `The application role cannot log in: ${message}`,
            {},
            {
              text: `Provision the database again with the same spec: that sets the role's password to the one in Secret "${facts.access.applicationRoleSecret}".`,
            },
          ),
      },
    );
  },
};

function accepted(facts: Facts, tookMs: number | undefined): CheckResult {
  if (tookMs === undefined) {
    return ok('Accepted', 'The application role can log in');
  }
  const evidence = { tookMs: Math.round(tookMs) };
  const summary = `The application role can log in, in ${evidence.tookMs} ms`;
  if (tookMs <= SLOW_MS) return ok('Accepted', summary, evidence);
  return warning('AcceptedSlowly', summary, evidence, {
    text: 'See whether the nodes have the processor time they ask for; hashing passwords takes some.',
    command: `kubectl top pods -n ${facts.database.namespace}`,
  });
}

/** The setting that has a node ask for a login. */
const AUTHENTICATION = {
  cql: 'Its authenticator must be PasswordAuthenticator',
  ignite: 'Its authenticationEnabled must be true',
} as const;

/** Whether somebody without a login is turned away. */
export const accessAnonymous: Check = {
  id: 'access.anonymous',
  title: 'Anonymous logins are refused',
  category: 'access',
  reasons: {
    Refused: 'A connection without a login was refused.',
    Accepted: 'The database answers without a login.',
    NoLogins:
      'The database knows no logins: client certificates, or the mesh where there is no way in from outside, are all that keeps strangers out.',
    Open: 'The database knows no logins, and the way in from outside asks for no client certificate, or lets in who shows none.',
    Unreachable: UNREACHABLE_MEANING,
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!facts.access.applicationRoleSecret) return withoutLogins(facts);
    return judgeLogin('An anonymous login', facts.logins.anonymous, {
      accepted: () =>
        failing(
          'Accepted',
          'The database answers anybody, without a login',
          {},
          {
            text: `${
              AUTHENTICATION[facts.access.protocol]
            }; provision the database again with the same spec.`,
          },
        ),
      refused: message =>
        ok('Refused', 'An anonymous login is refused', { answer: message }),
    });
  },
};

/** Who may come to a database that asks nobody who he is. */
function withoutLogins({ access, logins }: Facts): CheckResult {
  if (access.exposure === 'none') {
    return ok(
      'NoLogins',
      'The database knows no logins, and there is no way in from outside of the mesh',
    );
  }
  if (access.clientCertificates?.mode !== 'required') {
    return failing(
      'Open',
      'The database knows no logins, and the gateway asks for no client certificate',
      {},
      { text: 'Set access.clientCertificates: required, and provision again.' },
    );
  }
  return withoutEither(logins);
}

/** That the spec requires certificates does not yet keep anybody out: one without must be turned away where one with it gets in. */
function withoutEither({
  withoutCertificate: tried,
  anonymous,
}: Facts['logins']): CheckResult {
  const what = 'A connection without a client certificate';
  if (!tried) return unknown(NOT_LOOKED, `${what} was not tried yet`);
  if (!tried.known) return notLooked(what, tried);
  if (tried.value.outcome !== 'unreachable') {
    return seenAt(
      failing(
        'Open',
        'The database knows no logins, and a client without a certificate gets in',
        {},
        {
          text: 'Choose "Repair drift" on the page of the database, and see "Connections without a client certificate are refused".',
        },
      ),
      tried,
    );
  }
  if (!anonymous.known || anonymous.value.outcome === 'unreachable') {
    return seenAt(
      unknown(
        'Unreachable',
        'Nobody got in, with a client certificate or without',
      ),
      tried,
    );
  }
  return seenAt(
    ok(
      'NoLogins',
      'The database knows no logins: only clients with a certificate of its own come to it',
      { answer: tried.value.message },
    ),
    tried,
  );
}

/** Whether logins that everybody knows are turned away. */
export const accessPublicLogin: Check = {
  id: 'access.public-login',
  title: 'Publicly known passwords are refused',
  category: 'access',
  reasons: {
    Refused: 'Logins that everybody knows were refused.',
    Accepted:
      "A login that everybody knows is taken, such as the product's default superuser.",
    Unreachable: UNREACHABLE_MEANING,
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const users = facts.observation.publicLogins.map(
      ({ username }) => username,
    );
    if (users.length === 0) return [];
    return judgeLogin(
      'A login with a public password',
      facts.logins.publicDefault,
      {
        accepted: () =>
          failing(
            'Accepted',
            'A login that everybody knows is taken',
            { users },
            {
              text: 'Provision the database again with the same spec: that replaces the default superuser.',
            },
          ),
        refused: message =>
          ok('Refused', 'Publicly known passwords are refused', {
            users,
            answer: message,
          }),
      },
    );
  },
};
