import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { admits, type Policies } from './policies';

const labels = { 'app.kubernetes.io/instance': 'orders' };
const pod: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders-0', namespace: 'orders', labels },
};
const gateway = {
  principal: 'cluster.local/ns/orders/sa/orders-gateway-istio',
  namespace: 'orders',
  labels: { 'gateway.networking.k8s.io/gateway-name': 'orders-gateway' },
  namespaceLabels: { 'kubernetes.io/metadata.name': 'orders' },
};

const policy = (spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Policy',
  metadata: { name: 'orders', namespace: 'orders' },
  spec,
});
const authorization = (rules: object[], spec: object = {}): Policies => ({
  authorization: [
    policy({ selector: { matchLabels: labels }, rules, ...spec }),
  ],
  network: [],
});
const network = (ingress: object[], spec: object = {}): Policies => ({
  authorization: [],
  network: [policy({ podSelector: { matchLabels: labels }, ingress, ...spec })],
});

const from = (principal: string) => [{ source: { principals: [principal] } }];
const to = (...ports: string[]) => [{ operation: { ports } }];
const hbone = [{ port: 15008, protocol: 'TCP' }];
const namespaceOf = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

it.each([
  ['no policy', { authorization: [], network: [] }],
  [
    'a rule for its identity and the port',
    authorization([{ from: from(gateway.principal), to: to('9042') }]),
  ],
  [
    'a policy for other pods',
    authorization([], { selector: { matchLabels: { app: 'other' } } }),
  ],
  [
    'a network policy that opens the port of the mesh to its namespace',
    network([{ from: [namespaceOf('orders')], ports: hbone }]),
  ],
  [
    'a network policy for traffic out',
    network([], { policyTypes: ['Egress'] }),
  ],
])('lets a gateway in under %s', (_name, policies) => {
  expect(admits(policies, pod, gateway, 9042)).toBe(true);
});

it.each([
  ['a policy without rules', authorization([])],
  [
    'a rule for another identity',
    authorization([
      { from: from('cluster.local/ns/orders/sa/orders'), to: to('9042') },
    ]),
  ],
  [
    'a rule for another port',
    authorization([{ from: from(gateway.principal), to: to('7000') }]),
  ],
  [
    'a rule that denies it',
    authorization([{ from: from(gateway.principal) }], { action: 'DENY' }),
  ],
  ['a network policy that opens nothing', network([])],
  [
    'a network policy that opens the database port alone',
    network([{ ports: [{ port: 9042, protocol: 'TCP' }] }]),
  ],
  [
    'a network policy for another namespace',
    network([{ from: [namespaceOf('billing')], ports: hbone }]),
  ],
])('keeps a gateway out under %s', (_name, policies) => {
  expect(admits(policies, pod, gateway, 9042)).toBe(false);
});
