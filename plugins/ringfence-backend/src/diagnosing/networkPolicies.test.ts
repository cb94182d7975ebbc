import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { letsThrough, OUTSIDE, type Flow, type Pods } from './networkPolicies';

const WEB: Pods = {
  namespace: 'checkout',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'checkout', team: 'a' },
  labels: { app: 'web' },
};
const RING: Pods = {
  namespace: 'orders',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'orders' },
  labels: { app: 'ring' },
  portNames: { cql: 9042 },
};

const IN: Flow = { direction: 'Ingress', pods: RING, peer: WEB, port: 9042 };
const OUT: Flow = { direction: 'Egress', pods: WEB, peer: RING, port: 9042 };

function policy(spec: object): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p' },
    spec,
  };
}

const named = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const expression = (operator: string, values?: string[], key = 'app') => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});
const from = (...peers: object[]) =>
  policy({ podSelector: {}, ingress: [{ from: peers }] });
const onPorts = (...ports: object[]) =>
  policy({ podSelector: {}, ingress: [{ ports }] });

describe('into the pods', () => {
  it.each<[string, KubernetesObject[], string]>([
    ['no policy', [], 'yes'],
    [
      'one for other pods',
      [policy({ podSelector: { matchLabels: { app: 'x' } } })],
      'yes',
    ],
    [
      'one for Egress alone',
      [policy({ podSelector: {}, policyTypes: ['Egress'] })],
      'yes',
    ],
    ['one that opens nothing', [policy({ podSelector: {} })], 'no'],
    [
      'one with an empty rule',
      [policy({ podSelector: {}, ingress: [{}] })],
      'yes',
    ],
    ['the namespace of the client', [from(named('checkout'))], 'yes'],
    ['another namespace', [from(named('shop'))], 'no'],
    [
      'one of two that opens it',
      [policy({ podSelector: {} }), from(named('checkout'))],
      'yes',
    ],
    ['pods of its own namespace', [from({ podSelector: {} })], 'no'],
    [
      'namespace and pods',
      [
        from({
          ...named('checkout'),
          podSelector: { matchLabels: { app: 'web' } },
        }),
      ],
      'yes',
    ],
    [
      'namespace and other pods',
      [
        from({
          ...named('checkout'),
          podSelector: { matchLabels: { app: 'job' } },
        }),
      ],
      'no',
    ],
    [
      'an expression that fits',
      [from({ namespaceSelector: expression('In', ['a', 'b'], 'team') })],
      'yes',
    ],
    [
      'an expression that does not',
      [from({ namespaceSelector: expression('NotIn', ['a'], 'team') })],
      'no',
    ],
    [
      'a label that must not be there',
      [
        from({
          namespaceSelector: expression('DoesNotExist', undefined, 'team'),
        }),
      ],
      'no',
    ],
    [
      'an operator that nobody knows',
      [from({ namespaceSelector: expression('Gt', ['1'], 'team') })],
      'unknown',
    ],
    [
      'a selector of pods that nobody knows',
      [policy({ podSelector: expression('Gt', ['1']) })],
      'unknown',
    ],
    [
      'a block of addresses',
      [from({ ipBlock: { cidr: '10.0.0.0/8' } })],
      'unknown',
    ],
    ['the port', [onPorts({ port: 9042 })], 'yes'],
    ['the port of UDP', [onPorts({ protocol: 'UDP', port: 9042 })], 'no'],
    ['another port', [onPorts({ port: 7000 })], 'no'],
    ['a range around it', [onPorts({ port: 9000, endPort: 9100 })], 'yes'],
    ['the port by its name', [onPorts({ port: 'cql' })], 'yes'],
    ['another name', [onPorts({ port: 'jmx' })], 'no'],
    ['every port of TCP', [onPorts({ protocol: 'TCP' })], 'yes'],
  ])('%s: %#', (_what, policies, verdict) => {
    expect(letsThrough(policies, IN)).toBe(verdict);
  });

  it.each<[string, object, string]>([
    ['everybody', {}, 'yes'],
    ['every address', { from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }, 'yes'],
    [
      'some addresses',
      { from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] },
      'unknown',
    ],
    [
      'every address but some',
      { from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['192.0.2.0/24'] } }] },
      'unknown',
    ],
    ['every namespace', { from: [{ namespaceSelector: {} }] }, 'no'],
  ])('from outside, a rule for %s', (_what, rule, verdict) => {
    const policies = [policy({ podSelector: {}, ingress: [rule] })];
    expect(letsThrough(policies, { ...IN, peer: OUTSIDE })).toBe(verdict);
  });
});

describe('out of the pods', () => {
  it.each<[string, object, string]>([
    ['no word of egress', { podSelector: {}, ingress: [] }, 'yes'],
    [
      'Egress without a rule',
      { podSelector: {}, policyTypes: ['Egress'] },
      'no',
    ],
    [
      'a rule that fits',
      {
        podSelector: {},
        egress: [{ to: [named('orders')], ports: [{ port: 9042 }] }],
      },
      'yes',
    ],
    [
      'a rule for another port',
      {
        podSelector: {},
        egress: [{ to: [named('orders')], ports: [{ port: 443 }] }],
      },
      'no',
    ],
    [
      'the name of a port over there',
      { podSelector: {}, egress: [{ ports: [{ port: 'cql' }] }] },
      'yes',
    ],
  ])('%s', (_what, spec, verdict) => {
    expect(letsThrough([policy(spec)], OUT)).toBe(verdict);
  });

  it.each<[string, object, string]>([
    ['for all pods', { podSelector: {}, policyTypes: ['Egress'] }, 'no'],
    [
      'for some pods',
      { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] },
      'unknown',
    ],
  ])('where no pod runs yet, a policy %s', (_what, spec, verdict) => {
    const { labels, ...unseen } = WEB;
    expect(letsThrough([policy(spec)], { ...OUT, pods: unseen })).toBe(verdict);
  });
});
