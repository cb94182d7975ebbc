import type {
  Facts,
  LoginResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import { accessCertificate } from './accessCertificate';
import { verdictsOf } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const REFUSED = seen<LoginResult>({ outcome: 'refused', message: 'no login' });
const ACCEPTED = seen<LoginResult>({ outcome: 'accepted' });
const AWAY = seen<LoginResult>({
  outcome: 'unreachable',
  message: 'certificate required',
});

type Logins = Partial<Facts['logins']>;

const verdicts = (logins: Logins, mode: 'optional' | 'required') => {
  const healthy = healthyFacts(pki);
  const clientCertificates = {
    mode,
    issuer: { kind: 'Issuer' as const, name: 'orders-clients' },
    caSecret: 'orders-tls-cacert',
    portalSecret: 'orders-portal-tls',
  };
  return verdictsOf(accessCertificate, healthy, {
    access: { ...healthy.access, clientCertificates },
    logins: { ...healthy.logins, ...logins },
  });
};

it.each<[string, Logins, string]>([
  [
    'ok where only who shows one comes to a login',
    { withoutCertificate: AWAY, anonymous: REFUSED },
    'ok Refused',
  ],
  [
    'failing where the database refuses the login, and nobody the connection',
    { withoutCertificate: REFUSED, anonymous: REFUSED },
    'failing LetIn',
  ],
  [
    'failing where it is let in',
    { withoutCertificate: ACCEPTED, anonymous: AWAY },
    'failing LetIn',
  ],
  [
    'unknown where nobody gets through',
    { withoutCertificate: AWAY, anonymous: AWAY },
    'unknown NotTold',
  ],
  [
    'unknown where the other was not tried',
    { withoutCertificate: AWAY, anonymous: FORBIDDEN },
    'unknown NotTold',
  ],
  ['unknown where it was not tried', {}, 'unknown NotLooked'],
  [
    'unknown where it could not be tried',
    { withoutCertificate: FORBIDDEN },
    'unknown NotLooked',
  ],
])('is %s', (_what, logins, verdict) => {
  expect(verdicts(logins, 'required')).toEqual([verdict]);
});

it('says nothing where nobody requires one', () => {
  expect(verdicts({ withoutCertificate: REFUSED }, 'optional')).toEqual([]);
});
