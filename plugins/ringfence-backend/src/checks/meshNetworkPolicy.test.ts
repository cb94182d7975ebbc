import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { verdictsOf, type Row } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { NAMESPACE, pod } from './__testUtils__/objects';
import { sidecarFacts } from './__testUtils__/sidecar';
import { meshNetworkPolicy } from './meshNetworkPolicy';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const healthy = () => healthyFacts(pki);

function policy(spec: Record<string, unknown>): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'strict', namespace: NAMESPACE },
    spec: { podSelector: {}, ...spec },
  };
}
const policies = (...all: KubernetesObject[]) => ({
  networkPolicies: seen(all),
});

describe('mesh.network-policy', () => {
  it.each<Row>([
    ['is ok without policies', {}, ['ok Passes']],
    [
      'fails for one that opens the client port alone',
      policies(policy({ ingress: [{ ports: [{ port: 9042 }] }] })),
      ['failing Blocked'],
    ],
    [
      'fails for one that opens nothing',
      policies(policy({})),
      ['failing Blocked'],
    ],
    [
      'is ok where 15008 is open',
      policies(policy({ ingress: [{ ports: [{ port: 15008 }] }] })),
      ['ok Passes'],
    ],
    [
      'is ok where it is in a range',
      policies(
        policy({ ingress: [{ ports: [{ port: 15000, endPort: 15010 }] }] }),
      ),
      ['ok Passes'],
    ],
    [
      'is ok where another policy opens it',
      policies(
        policy({}),
        policy({ ingress: [{ from: [{ podSelector: {} }] }] }),
      ),
      ['ok Passes'],
    ],
    [
      'does not take UDP for TCP',
      policies(
        policy({ ingress: [{ ports: [{ protocol: 'UDP', port: 15008 }] }] }),
      ),
      ['failing Blocked'],
    ],
    [
      'does not mind one for other pods, or for what goes out',
      policies(
        policy({ podSelector: { matchLabels: { app: 'other' } } }),
        policy({ policyTypes: ['Egress'] }),
      ),
      ['ok Passes'],
    ],
    [
      'is unknown without rights',
      { networkPolicies: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshNetworkPolicy, healthy(), changes)).toEqual(verdicts);
  });
});

describe('mesh.network-policy, with sidecars', () => {
  const ports = (...all: unknown[]) =>
    policies(
      policy({
        ingress: [
          { from: [{ podSelector: {} }], ports: all.map(port => ({ port })) },
        ],
      }),
    );
  it.each<Row>([
    [
      'is ok where every port of the database is open',
      ports(9042, 7000, 7001),
      ['ok Passes'],
    ],
    ['fails where one is not', ports(9042, 7000), ['failing Blocked']],
    [
      'knows ports by their names in the pods',
      {
        ...ports('cql', 7000, 7001),
        pods: seen([
          {
            ...pod(0),
            spec: {
              containers: [
                {
                  name: 'cassandra',
                  ports: [{ name: 'cql', containerPort: 9042 }],
                },
              ],
            },
          },
        ]),
      },
      ['ok Passes'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshNetworkPolicy, sidecarFacts(pki), changes)).toEqual(
      verdicts,
    );
  });
});

describe('mesh.network-policy, where somebody opens more,', () => {
  const own: KubernetesObject = {
    ...policy({
      ingress: [
        {
          from: [
            {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE },
              },
            },
          ],
          ports: [{ port: 15008 }, { port: 9042 }],
        },
      ],
    }),
    metadata: { name: 'orders', namespace: NAMESPACE },
  };
  const lenient =
    (changes: Partial<Facts>): Row[1] =>
    ({ spec }) => ({
      ...changes,
      spec: { ...spec, strictMtls: false } as Facts['spec'],
    });
  const everybody = { namespaceSelector: {} };
  it.each<Row>([
    ['is ok with its own', policies(own), ['ok Passes']],
    [
      'is ok with its own as the only fence',
      lenient(policies(own)),
      ['ok Passes'],
    ],
    ...[
      {},
      { from: [everybody] },
      { from: [{ ...everybody, podSelector: {} }] },
      { from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] },
      { ports: [{ port: 9042 }] },
      { ports: [{ port: 9000, endPort: 9100 }] },
    ].flatMap<Row>(rule => [
      [
        `warns of a rule for anybody: ${JSON.stringify(rule)}`,
        policies(own, policy({ ingress: [rule] })),
        ['warning Opens'],
      ],
      [
        `fails for it where packets are all that is judged: ${JSON.stringify(
          rule,
        )}`,
        lenient(policies(own, policy({ ingress: [rule] }))),
        ['failing OnlyFence'],
      ],
    ]),
    ...[
      { from: [{ podSelector: {} }] },
      { ports: [{ port: 8080 }] },
      { from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] },
    ].map<Row>(rule => [
      `does not mind ${JSON.stringify(rule)}`,
      policies(own, policy({ ingress: [rule] })),
      ['ok Passes'],
    ]),
    [
      'does not mind one for other pods',
      policies(
        own,
        policy({
          podSelector: {
            matchExpressions: [
              { key: 'app.kubernetes.io/instance', operator: 'DoesNotExist' },
            ],
          },
          ingress: [{}],
        }),
      ),
      ['ok Passes'],
    ],
    [
      'fails without any where packets are all that is judged',
      lenient(policies()),
      ['failing OnlyFence'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshNetworkPolicy, healthy(), changes)).toEqual(verdicts);
  });
});
