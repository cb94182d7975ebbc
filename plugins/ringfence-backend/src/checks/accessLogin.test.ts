import type {
  Check,
  Facts,
  LoginResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { accessAnonymous, accessLogin, accessPublicLogin } from './accessLogin';
import { accessSuperuser } from './accessSuperuser';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const ACCEPTED: LoginResult = { outcome: 'accepted' };
const REFUSED: LoginResult = { outcome: 'refused', message: 'bad credentials' };
const UNREACHABLE: LoginResult = {
  outcome: 'unreachable',
  message: '203.0.113.11:9041 does not answer',
  remedy: 'Open the port.',
};

it.each<[Check, keyof Facts['logins'], LoginResult, string]>([
  [accessLogin, 'application', ACCEPTED, 'ok Accepted'],
  [accessLogin, 'application', { ...ACCEPTED, tookMs: 34 }, 'ok Accepted'],
  [
    accessLogin,
    'application',
    { ...ACCEPTED, tookMs: 6_000 },
    'warning AcceptedSlowly',
  ],
  [accessLogin, 'application', REFUSED, 'failing Refused'],
  [accessLogin, 'application', UNREACHABLE, 'unknown Unreachable'],
  [accessAnonymous, 'anonymous', ACCEPTED, 'failing Accepted'],
  [accessAnonymous, 'anonymous', REFUSED, 'ok Refused'],
  [accessAnonymous, 'anonymous', UNREACHABLE, 'unknown Unreachable'],
  [accessPublicLogin, 'publicDefault', ACCEPTED, 'failing Accepted'],
  [accessPublicLogin, 'publicDefault', REFUSED, 'ok Refused'],
  [accessPublicLogin, 'publicDefault', UNREACHABLE, 'unknown Unreachable'],
  [accessSuperuser, 'superuser', ACCEPTED, 'ok Accepted'],
  [accessSuperuser, 'superuser', REFUSED, 'failing Refused'],
  [accessSuperuser, 'superuser', UNREACHABLE, 'unknown Unreachable'],
])('%o of %s with %o is %s', (check, which, result, expected) => {
  const { logins } = healthyFacts(pki);
  const facts = healthyFacts(pki, {
    logins: { ...logins, [which]: seen(result) },
  });
  expect(check.run(facts, NOW)).toMatchObject({
    status: expected.split(' ')[0],
    reason: expected.split(' ')[1],
  });
});

it('says where a login stopped, and what to do', () => {
  const { logins } = healthyFacts(pki);
  const facts = healthyFacts(pki, {
    logins: { ...logins, application: seen(UNREACHABLE) },
  });
  expect(accessLogin.run(facts, NOW)).toMatchObject({
    summary:
      'A login as the application role could not be tried: 203.0.113.11:9041 does not answer',
    remedy: { text: 'Open the port.' },
  });
});

it.each([accessLogin, accessAnonymous, accessPublicLogin, accessSuperuser])(
  'is unknown where the probe could not run',
  check => {
    const logins = {
      application: FORBIDDEN,
      anonymous: FORBIDDEN,
      publicDefault: FORBIDDEN,
      superuser: FORBIDDEN,
    };
    expect(check.run(healthyFacts(pki, { logins }), NOW)).toMatchObject({
      status: 'unknown',
      reason: 'NotLooked',
    });
  },
);

it('does not ask for public logins where the product has none', () => {
  const { observation } = healthyFacts(pki);
  const facts = healthyFacts(pki, {
    observation: { ...observation, publicLogins: [] },
  });
  expect(accessPublicLogin.run(facts, NOW)).toEqual([]);
});

it('does not ask for a superuser where the blueprint names none', () => {
  const { observation } = healthyFacts(pki);
  const facts = healthyFacts(pki, {
    observation: { ...observation, superuserSecret: undefined },
  });
  expect(accessSuperuser.run(facts, NOW)).toEqual([]);
});

it('keeps public passwords out of the finding', () => {
  const { logins, observation } = healthyFacts(pki);
  const facts = healthyFacts(pki, {
    observation: {
      ...observation,
      publicLogins: [{ username: 'admin', password: 'hunter2' }],
    },
    logins: { ...logins, publicDefault: seen(ACCEPTED) },
  });
  expect(JSON.stringify(accessPublicLogin.run(facts, NOW))).not.toContain(
    'hunter2',
  );
});
