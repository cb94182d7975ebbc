import type { DiagnosisAnswer } from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  FORBIDDEN,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../checks/__testUtils__/facts';
import {
  authorization,
  client,
  facts,
  networkPolicy,
  verdicts,
} from './__testUtils__/situations';
import { diagnose } from './diagnose';
import type { Client } from './readClient';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

it.each<
  [
    string,
    DiagnosisAnswer['question'],
    DiagnosisAnswer['status'],
    Partial<Facts>,
    Partial<Client>,
  ]
>([
  ['nothing in the way', 'ingress', 'ok', {}, {}],
  ['no address', 'address', 'failing', { gatewayAddresses: seen([]) }, {}],
  [
    'a gateway that the portal does not reach',
    'address',
    'unknown',
    { served: FORBIDDEN },
    {},
  ],
  [
    'a policy for all pods of the namespace',
    'ingress',
    'failing',
    { networkPolicies: seen([networkPolicy('orders', { podSelector: {} })]) },
    {},
  ],
  [
    'a policy that meets the gateway',
    'authorization',
    'failing',
    { authorizationPolicies: seen([authorization({})]) },
    {},
  ],
  [
    'policies, and no pod of the gateway to ask them about',
    'authorization',
    'unknown',
    {},
    { gatewayPods: seen([]) },
  ],
  [
    'a mesh whose own policies may not be listed',
    'authorization',
    'unknown',
    {},
    { meshAuthorizationPolicies: FORBIDDEN },
  ],
  ['no Gateway', 'listeners', 'failing', { gateway: seen(undefined) }, {}],
  [
    'a certificate that is not known',
    'certificate',
    'unknown',
    { served: FORBIDDEN },
    {},
  ],
  ['its own side', 'client', 'unknown', {}, {}],
])('from a laptop, %s: %s is %s', (_what, question, status, found, of) => {
  const laptop = client({ workload: undefined, ...of });
  const { ways } = diagnose(facts(pki, found), laptop, NOW);
  expect(ways.map(({ way }) => way)).toEqual(['gateway']);
  const answers = verdicts(facts(pki, found), laptop, 'gateway');
  expect(answers[question]?.status).toBe(status);
});

it('has no way for a laptop where the spec asks for no gateway', () => {
  const healthy = facts(pki);
  const found = { ...healthy, access: { ...healthy.access, exposure: 'none' } };
  const laptop = client({ workload: undefined });
  expect(diagnose(found as Facts, laptop, NOW).ways).toEqual([]);
});
