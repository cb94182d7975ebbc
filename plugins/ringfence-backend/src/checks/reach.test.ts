import { hostsOf, namespacesReached } from './reach';

const rule = (kind: string, spec: any, namespace = 'billing') => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name: 'one', namespace },
  spec,
});

it.each<[string, any, string[]]>([
  ['DestinationRule', { host: 'orders.orders.svc.cluster.local' }, ['orders']],
  ['ServiceEntry', { hosts: ['orders.orders', 'a.b.svc'] }, ['orders', 'b']],
  ['ServiceEntry', { hosts: ['*.orders.svc.cluster.local'] }, ['orders']],
  ['VirtualService', { hosts: ['orders'] }, ['billing']],
  ['VirtualService', { hosts: ['*'] }, []],
  [
    'VirtualService',
    {
      hosts: ['*'],
      tls: [{ route: [{ destination: { host: 'orders.orders' } }] }],
    },
    ['orders'],
  ],
  ['VirtualService', undefined, []],
  [
    'VirtualService',
    { hosts: 'orders', tcp: [{ route: 'x' }, null, { route: [null] }] },
    [],
  ],
])('finds the namespaces that a %s of %j names', (kind, spec, expected) => {
  expect(namespacesReached(rule(kind, spec))).toEqual(expected);
});

it('finds whom a VirtualService is for and where it leads', () => {
  const spec = {
    hosts: ['a.test'],
    http: [{ route: [{ destination: { host: 'b.test' } }] }],
  };
  expect(hostsOf(rule('VirtualService', spec))).toEqual(['a.test', 'b.test']);
});
