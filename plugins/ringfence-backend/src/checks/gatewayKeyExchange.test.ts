import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { verdictsOf } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { gatewayKeyExchange } from './gatewayKeyExchange';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

type Outcome = 'taken' | 'refused' | 'unknown';

const wire = (hybridKeyExchange: Outcome, classicalKeyExchange?: Outcome) =>
  seen({
    port: 9041,
    ...{ hybridKeyExchange, classicalKeyExchange },
    legacyTaken: [],
    handshakeMs: 12,
  });

const verdicts = (facts: Pick<Facts, 'wire'>, required = true) => {
  const healthy = healthyFacts(pki);
  const keyExchange = required ? ('hybrid-required' as const) : undefined;
  const access = { ...healthy.access, keyExchange };
  return verdictsOf(gatewayKeyExchange, healthy, { access, ...facts });
};

it.each<[string, Facts['wire'], string]>([
  ['ok with it alone', wire('taken', 'refused'), 'ok HybridAlone'],
  [
    'failing where another is taken',
    wire('taken', 'taken'),
    'failing ClassicalTaken',
  ],
  [
    'failing where another is taken and it could not be offered',
    wire('unknown', 'taken'),
    'failing ClassicalTaken',
  ],
  [
    'failing where it is refused',
    wire('refused', 'taken'),
    'failing HybridRefused',
  ],
  [
    'unknown where it could not be offered',
    wire('unknown', 'refused'),
    'unknown NotTried',
  ],
  ['unknown where the other was not tried', wire('taken'), 'unknown NotTried'],
  ['unknown without a probe', FORBIDDEN, 'unknown NotLooked'],
])('is %s', (_what, fact, verdict) => {
  expect(verdicts({ wire: fact })).toEqual([verdict]);
});

it('says nothing where nobody requires it', () => {
  expect(verdicts({ wire: wire('taken', 'taken') }, false)).toEqual([]);
});
