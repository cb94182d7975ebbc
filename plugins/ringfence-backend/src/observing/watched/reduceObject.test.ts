import { reduceObject } from './reduceObject';

const object = (
  kind: string,
  rest: object = {},
  metadata: object = {},
): any => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'orders-0', namespace: 'orders', ...metadata },
  ...rest,
});

it('keeps of a pod what facts speak of', () => {
  const container = { name: 'scylla', ports: [{ containerPort: 9042 }] };
  const reduced = reduceObject(
    object(
      'Pod',
      {
        spec: {
          nodeName: 'node-1',
          volumes: [{ name: 'data' }],
          containers: [{ ...container, env: [{ name: 'A', value: 'b' }] }],
        },
        status: { podIP: '10.0.0.1' },
      },
      { managedFields: [{ manager: 'kubelet' }], labels: { a: 'b' } },
    ),
  );
  expect(reduced).toEqual(
    object(
      'Pod',
      {
        spec: { nodeName: 'node-1', containers: [container] },
        status: { podIP: '10.0.0.1' },
      },
      { labels: { a: 'b' } },
    ),
  );
});

it('keeps of a StatefulSet what its pods mount, and of their settings those of cass-operator alone', () => {
  const volumes = [{ name: 'client-stores', secret: { secretName: 'tls' } }];
  const settings = { name: 'CONFIG_FILE_DATA', value: '{}' };
  const env = [{ name: 'PASSWORD', value: 'hunter2' }, settings];
  const podSpec = {
    volumes,
    containers: [{ name: 'cassandra', env }],
    initContainers: [
      { name: 'server-config-init-base', env: [env[0]] },
      { name: 'server-config-init', env },
    ],
  };
  const reduced = reduceObject(
    object('StatefulSet', { spec: { template: { spec: podSpec } } }),
  );
  expect(reduced?.spec.template.spec).toEqual({
    volumes,
    containers: [{ name: 'cassandra' }],
    initContainers: [
      { name: 'server-config-init-base' },
      { name: 'server-config-init', env: [settings] },
    ],
  });
});

it('keeps no password of a store that operators copy, wherever they copy it to', () => {
  const options = { keystore: '/mnt/keystore', keystore_password: 'hunter2' };
  const config = { 'cassandra-yaml': { client_encryption_options: options } };
  const value = JSON.stringify(config);
  const env = [{ name: 'CONFIG_FILE_DATA', value }];
  const initContainers = [{ name: 'server-config-init', env }];
  const template = { spec: { containers: [], initContainers } };
  const kept = [
    reduceObject(object('CassandraDatacenter', { spec: { config } })),
    reduceObject(object('StatefulSet', { spec: { template } })),
  ];
  for (const reduced of kept) {
    expect(JSON.stringify(reduced)).toContain('/mnt/keystore');
    expect(JSON.stringify(reduced)).not.toContain('hunter2');
  }
});

it('keeps of events those that warn', () => {
  expect(reduceObject(object('Event', { type: 'Normal' }))).toBeUndefined();
  expect(
    reduceObject(object('Event', { type: 'Warning', message: 'x'.repeat(9e5) }))
      ?.message,
  ).toHaveLength(1000);
});

it('keeps of an EnvoyFilter which fields it patches, and not with what', () => {
  const reduced = reduceObject(
    object('EnvoyFilter', {
      spec: {
        workloadSelector: { labels: { a: 'b' } },
        configPatches: [
          {
            applyTo: 'FILTER_CHAIN',
            match: { context: 'GATEWAY' },
            patch: {
              operation: 'MERGE',
              value: { transport_socket: { name: 'raw', code: 'x' } },
            },
          },
          { applyTo: 'LISTENER', patch: { operation: 'REMOVE' } },
        ],
      },
    }),
  );
  expect(reduced?.spec).toEqual({
    workloadSelector: { labels: { a: 'b' } },
    configPatches: [
      {
        applyTo: 'FILTER_CHAIN',
        match: { context: 'GATEWAY' },
        patch: { operation: 'MERGE', value: { transport_socket: true } },
      },
      { applyTo: 'LISTENER', patch: { operation: 'REMOVE' } },
    ],
  });
});

it('keeps of a Sidecar what comes in by it', () => {
  const ingress = [{ port: { number: 9042 } }];
  const reduced = reduceObject(
    object('Sidecar', { spec: { ingress, egress: [{ hosts: ['./*'] }] } }),
  );
  expect(reduced?.spec).toEqual({ ingress });
});

it.each<[string, any]>([
  ['nothing', undefined],
  ['no metadata', { kind: 'Pod' }],
  ['no name', { kind: 'Pod', metadata: {} }],
  ['a name that is no text', { kind: 'Pod', metadata: { name: 7 } }],
])('keeps nothing of what has %s', (_what, garbage) => {
  expect(reduceObject(garbage)).toBeUndefined();
});

it.each<[string, object]>([
  ['Pod', { spec: 'none' }],
  ['Pod', { spec: { containers: 'none', initContainers: [null] } }],
  ['Pod', { spec: null, status: [] }],
  ['StatefulSet', { spec: { template: 7 } }],
  ['StatefulSet', {}],
  ['CertificateRequest', { spec: [], status: 'x' }],
  ['Event', { type: 'Warning', message: { a: 1 } }],
  ['Service', { spec: null }],
  ['EnvoyFilter', { spec: { configPatches: 'none' } }],
  ['EnvoyFilter', { spec: { configPatches: [null, { patch: 7 }] } }],
  ['Sidecar', { spec: [] }],
])('does not break on a misshapen %s: %j', (kind, rest) => {
  expect(reduceObject(object(kind, rest))?.metadata.name).toBe('orders-0');
});

it('reduces an object once, however many take it in', () => {
  const reduced = reduceObject(object('Pod', { spec: { containers: [] } }));
  expect(reduceObject(reduced!)).toBe(reduced);
});

it("keeps of Istio's rules of whom they speak", () => {
  const metadata = { name: 'one', namespace: 'billing' };
  const of = (kind: string, spec: object) =>
    reduceObject({
      ...{ apiVersion: 'networking.istio.io/v1', kind, metadata, spec },
      status: { conditions: [{ type: 'Reconciled' }] },
    });
  const hosts = ['db.test'];
  const destination = { host: 'orders.orders' };
  expect(
    of('VirtualService', {
      hosts,
      gateways: ['ingress'],
      http: [
        {
          match: [{ uri: { prefix: '/' } }],
          route: [{ destination, weight: 1 }],
        },
        { redirect: { uri: '/' } },
        null,
      ],
    }),
  ).toMatchObject({
    spec: {
      hosts,
      gateways: ['ingress'],
      http: [{ route: [{ destination }] }, { route: [] }, { route: [] }],
    },
  });
  const entry = of('ServiceEntry', {
    hosts,
    ports: [{ number: 9042 }],
    endpoints: [{ address: '10.0.0.1', labels: { a: 'b' } }, null],
  });
  expect(entry?.spec).toEqual({
    hosts,
    endpoints: [{ address: '10.0.0.1' }, {}],
  });
  expect(entry).not.toHaveProperty('status');
});
