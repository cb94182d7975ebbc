import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
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
      policies(policy({}), policy({ ingress: [{ from: [] }] })),
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
    policies(policy({ ingress: [{ ports: all.map(port => ({ port })) }] }));
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
