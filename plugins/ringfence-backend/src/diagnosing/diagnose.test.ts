import type { DiagnosisAnswer } from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../checks/__testUtils__/facts';
import { peerAuthentication, service } from '../checks/__testUtils__/objects';
import { healthyPlatform } from '../checks/__testUtils__/platform';
import {
  authorization,
  client,
  facts,
  networkPolicy,
  object,
  principals,
  RING,
  verdicts,
  webPod,
  workload,
} from './__testUtils__/situations';
import { diagnose } from './diagnose';
import type { Workload } from './readClient';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

it('finds nothing in the way of a client that the spec allows', () => {
  const { ways } = diagnose(facts(pki), client(), NOW);
  expect(ways.map(({ way, to, status }) => `${way} ${to} ${status}`)).toEqual([
    'mesh orders-cql.orders.svc:9042 ok',
    'gateway orders-gateway-istio.orders.svc.cluster.local:9041 ok',
  ]);
});

it.each<
  [
    string,
    DiagnosisAnswer['question'],
    DiagnosisAnswer['status'],
    Partial<Facts>,
    Partial<Workload>,
  ]
>([
  ['no pod', 'client', 'unknown', {}, { pods: seen([]) }],
  [
    'no namespace',
    'client',
    'failing',
    {},
    { namespaceObject: seen(undefined) },
  ],
  ['pods that may not be listed', 'client', 'unknown', {}, { pods: FORBIDDEN }],
  ['no Service', 'service', 'failing', { services: seen([]) }, {}],
  [
    'a Service without pods',
    'service',
    'failing',
    { endpointSlices: seen([]) },
    {},
  ],
  [
    'Services that may not be listed',
    'service',
    'unknown',
    { services: FORBIDDEN },
    {},
  ],
  [
    'no way out',
    'egress',
    'failing',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', { podSelector: {}, policyTypes: ['Egress'] }),
      ]),
    },
  ],
  [
    'the port of CQL alone, where ztunnel sends on its own',
    'egress',
    'failing',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', {
          podSelector: {},
          egress: [{ ports: [{ port: 9042 }] }],
        }),
      ]),
    },
  ],
  [
    'the port of ztunnel',
    'egress',
    'ok',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', {
          podSelector: {},
          egress: [{ ports: [{ port: 15008 }] }],
        }),
      ]),
    },
  ],
  [
    'policies that may not be listed',
    'egress',
    'unknown',
    {},
    { networkPolicies: FORBIDDEN },
  ],
  [
    'policies of another kind beside',
    'egress',
    'unknown',
    {
      platform: seen(
        healthyPlatform({
          apis: [
            {
              group: 'cilium.io',
              version: 'v2',
              kind: 'CiliumNetworkPolicy',
              plural: 'ciliumnetworkpolicies',
              namespaced: true,
            },
          ],
        }),
      ),
    },
    {},
  ],
  [
    'no way out to names, where ztunnel may answer',
    'dns',
    'unknown',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', {
          podSelector: {},
          egress: [{ ports: [{ port: 15008 }] }],
        }),
      ]),
    },
  ],
  [
    'no way in',
    'ingress',
    'failing',
    { networkPolicies: seen([networkPolicy('orders', { podSelector: RING })]) },
    {},
  ],
  [
    'a client outside of the mesh',
    'membership',
    'failing',
    {},
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'a client outside, and a database that takes plaintext',
    'membership',
    'ok',
    { peerAuthentications: seen([peerAuthentication('PERMISSIVE')]) },
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'a client outside, and a mode that is not known',
    'membership',
    'unknown',
    { peerAuthentications: FORBIDDEN },
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'pods inside and outside',
    'membership',
    'unknown',
    {},
    { pods: seen([webPod(), webPod({} as never)]) },
  ],
  [
    'another identity',
    'authorization',
    'failing',
    { authorizationPolicies: seen([authorization(principals('x'))]) },
    {},
  ],
  [
    'policies of identities that may not be listed',
    'authorization',
    'unknown',
    { authorizationPolicies: FORBIDDEN },
    {},
  ],
  [
    'no identity, where plaintext is taken',
    'authorization',
    'failing',
    { peerAuthentications: seen([peerAuthentication('PERMISSIVE')]) },
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'a refused login',
    'login',
    'failing',
    {
      logins: {
        application: seen({ outcome: 'refused', message: 'bad' }),
      } as Facts['logins'],
    },
    {},
  ],
])('inside the mesh, %s: %s is %s', (_what, question, status, found, of) => {
  const answers = verdicts(
    facts(pki, found),
    client({ workload: workload(of) }),
    'mesh',
  );
  expect(answers[question]?.status).toBe(status);
});

it('takes only its own answer with it where an object is odd', () => {
  const odd = networkPolicy('checkout', { podSelector: {}, policyTypes: 7 });
  const answers = verdicts(
    facts(pki),
    client({ workload: workload({ networkPolicies: seen([odd]) }) }),
    'mesh',
  );
  expect(answers.egress?.status).toBe('unknown');
  expect(answers.login?.status).toBe('ok');
});

it('gives the lines of the spec to a client that it does not allow', () => {
  const found = facts(pki, {
    spec: healthyFacts(pki).spec,
    authorizationPolicies: seen([authorization(principals('x'))]),
  });
  expect(verdicts(found, client(), 'mesh').authorization?.spec).toBe(
    'access:\n  clients:\n    - namespace: checkout\n      serviceAccount: web',
  );
});

it('gives no lines to add where they are there already', () => {
  const found = facts(pki, {
    authorizationPolicies: seen([authorization(principals('x'))]),
  });
  const answer = verdicts(found, client(), 'mesh').authorization;
  expect(answer?.spec).toBeUndefined();
  expect(answer?.remedy?.text).toMatch(/^The spec allows this client/);
});

it("tells nothing of the client's namespace but whether it lets the client out", () => {
  const secretive = object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'checkout',
    { podSelector: {}, policyTypes: ['Egress'] },
    { name: 'hush', labels: { project: 'hush' } },
  );
  const diagnosis = diagnose(
    facts(pki),
    client({ workload: workload({ networkPolicies: seen([secretive]) }) }),
    NOW,
  );
  expect(JSON.stringify(diagnosis)).not.toContain('hush');
});

it('dials the headless Service where there is no other', () => {
  const found = facts(pki, {
    services: seen([service('orders', { clusterIP: 'None' })]),
  });
  expect(diagnose(found, client(), NOW).ways[0].to).toBe(
    'orders.orders.svc:9042',
  );
});

describe('where clients dial the nodes themselves', () => {
  const direct = (changes: Partial<Facts['access']> = {}) => {
    const base = facts(pki);
    const access = {
      ...base.access,
      exposure: 'direct' as const,
      gateway: undefined,
      hostname: undefined,
      inClusterHost: 'orders-cql.orders.svc.cluster.local',
      tlsPorts: [9042],
      ...changes,
    };
    const observation = { ...base.observation, meshMode: 'none' as const };
    return { ...base, access, observation };
  };

  it('looks at the way to them, and at neither gateway nor mesh', () => {
    const { ways } = diagnose(direct(), client(), NOW);
    const [{ way, to, answers }] = ways;
    expect(ways).toHaveLength(1);
    expect(`${way} ${to}`).toBe(
      'nodes orders-cql.orders.svc.cluster.local:9042',
    );
    expect(answers.map(({ question }) => question)).toEqual([
      'client',
      'service',
      'dns',
      'egress',
      'ingress',
      'certificate',
      'login',
    ]);
  });

  it('fails where what they show does not verify', () => {
    const base = direct();
    const served = seen({
      ...(base.served.known ? base.served.value : undefined!),
      verified: false,
      verificationError: 'self-signed',
    });
    const [{ status, answers }] = diagnose(
      { ...base, served },
      client(),
      NOW,
    ).ways;
    expect(status).toBe('failing');
    expect(
      answers.find(({ question }) => question === 'certificate')?.summary,
    ).toContain('self-signed');
  });

  it.each([
    [undefined, 0],
    ['orders.example.com', 1],
  ])('finds from outside with the name %s %d ways', (hostname, count) => {
    const { ways } = diagnose(
      direct({ hostname }),
      { ...client(), workload: undefined },
      NOW,
    );
    expect(ways).toHaveLength(count);
    expect(ways.every(({ status }) => status !== 'ok')).toBe(true);
  });
});
