import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { joinPorts, leadsOf } from './serverNames';

const gateway = (listeners: object[]): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'orders-gateway', namespace: 'orders' },
  spec: { listeners },
});

const tls = { certificatePem: 'certificate', keyPem: 'key' };
const LISTENERS = [
  { name: 'cql-tls', port: 9041, tls },
  { name: 'cql-tls-native', port: 9042, tls },
  { name: 'node-0', port: 9041, tls, hostname: 'orders-0.example.com' },
  { name: 'node-1', port: 9041, tls, hostname: 'orders-1.example.com' },
];
const served = LISTENERS.map(({ name, port }) => ({ name, port, tls }));

it('opens a port once, with the names of all listeners that share it', () => {
  expect(joinPorts(gateway(LISTENERS), served)).toEqual([
    {
      name: 'cql-tls',
      port: 9041,
      tls,
      serverNames: ['orders-0.example.com', 'orders-1.example.com'],
    },
    { name: 'cql-tls-native', port: 9042, tls },
  ]);
});

it('opens a port whose listeners are all for a name each', () => {
  const named = LISTENERS.slice(2);
  expect(joinPorts(gateway(named), served.slice(2))).toEqual([
    {
      name: 'node-0',
      port: 9041,
      tls,
      serverNames: ['orders-0.example.com', 'orders-1.example.com'],
    },
  ]);
});

it('finds the routes of each name, and those of all others once', () => {
  const route = (name: string) =>
    ({ kind: 'TLSRoute', metadata: { name } } as KubernetesObject);
  const [shared, first] = [route('shared'), route('first')];
  const found = leadsOf(
    gateway(LISTENERS),
    new Map([
      ['cql-tls', [shared]],
      ['cql-tls-native', [shared]],
      ['node-0', [first]],
    ]),
  );
  expect(found).toEqual([
    { routes: new Set([shared]) },
    { serverName: 'orders-0.example.com', routes: new Set([first]) },
  ]);
});

it('leads requests of HTTP elsewhere than connections', () => {
  const [connections, requests] = ['TCPRoute', 'HTTPRoute'].map(
    kind => ({ kind, metadata: { name: 'orders' } } as KubernetesObject),
  );
  const listeners = [
    { name: 'ignite-tls', port: 10800, protocol: 'TLS' },
    { name: 'rest-https', port: 8443, protocol: 'HTTPS' },
  ];
  const attached = new Map([
    ['ignite-tls', [connections]],
    ['rest-https', [requests]],
  ]);
  expect(leadsOf(gateway(listeners), attached)).toEqual([
    { routes: new Set([connections]) },
    { listener: 'rest-https', routes: new Set([requests]) },
  ]);
});
