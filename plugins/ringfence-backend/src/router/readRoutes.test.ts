import { mockCredentials } from '@backstage/backend-test-utils';
import {
  credentialsReadPermission,
  databaseOperatePermission,
  databaseReadPermission,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { AccessRecipe } from '@ringfence/backstage-plugin-ringfence-node';
import request from 'supertest';
import type { ListOptions } from '../databases';
import {
  DRIFT,
  REPORT,
  startRouter,
  storedDatabase,
  TRAFFIC,
} from './__testUtils__/startRouter';

const OTHERS = 'group:default/payments';
const PATH = '/api/ringfence/databases/eu-1/orders';

it('lists databases, and says which Kubernetes clusters could not be asked', async () => {
  const { server, services } = await startRouter();
  services.databases.list.mockImplementation((async (options: {
    onUnreachable(name: string): void;
  }) => {
    options.onUnreachable('us-1');
    return [storedDatabase()];
  }) as never);
  const { body } = await request(server)
    .get('/api/ringfence/databases')
    .expect(200);
  expect(body).toEqual({
    items: [
      {
        kubernetesCluster: 'eu-1',
        namespace: 'orders',
        name: 'orders',
        blueprint: 'scylladb-ambient',
        blueprintTitle: expect.any(String),
        owner: 'user:default/mock',
        state: 'ready',
      },
    ],
    unreachable: ['us-1'],
  });
});

it('describes what a spec of each blueprint is made of', async () => {
  const { server } = await startRouter();
  const { body } = await request(server)
    .get('/api/ringfence/blueprints')
    .expect(200);
  const [blueprint] = body.items;
  expect(blueprint.kind).toBe('scylladb-ambient');
  expect(Object.keys(blueprint.schema.properties)).toEqual(
    expect.arrayContaining(['name', 'namespace', 'owner', 'replicas']),
  );
});

it.each([
  [
    'an owner everything that the policy allows',
    {},
    [true, false, true, true, true],
  ],
  [
    'a stranger nothing',
    { owner: OTHERS },
    [false, false, false, false, false],
  ],
])('offers %s', async (_who, overrides, expected) => {
  const { server } = await startRouter({
    databases: [storedDatabase(overrides)],
    denied: [credentialsReadPermission],
  });
  const { body } = await request(server).get(PATH).expect(200);
  const {
    downloadBundle,
    readCredentials,
    delete: deletes,
    operate,
    issueCredentials,
  } = body.allowed;
  expect([
    downloadBundle,
    readCredentials,
    deletes,
    operate,
    issueCredentials,
  ]).toEqual(expected);
  expect(body.spec.replicas).toBe(3);
});

it.each<[string, object | undefined, object]>([
  [
    'that was never rotated',
    undefined,
    { signing: 1, trusted: [1], underWay: false, next: 'trust' },
  ],
  [
    'of which a step is under way',
    { signing: 1, trusted: [1, 2], step: 'trust' },
    { signing: 1, trusted: [1, 2], underWay: true, next: 'trust' },
  ],
  [
    'that is trusted beside the next one',
    { signing: 1, trusted: [1, 2] },
    { signing: 1, trusted: [1, 2], underWay: false, next: 'issue' },
  ],
  [
    'beside which the next one signs',
    { signing: 2, trusted: [1, 2] },
    { signing: 2, trusted: [1, 2], underWay: false, next: 'drop' },
  ],
])(
  'says of a CA %s which step is next, and keeps that out of the spec',
  async (_what, authorities, expected) => {
    const database = storedDatabase();
    const spec = { ...database.spec, authorities: authorities as any };
    const { server } = await startRouter({
      databases: [{ ...database, spec }],
    });
    const { body } = await request(server).get(PATH).expect(200);
    expect(body.caRotation).toEqual(expected);
    expect(body.spec).not.toHaveProperty('authorities');
  },
);

it.each([
  [{ exposure: 'tls' }, { through: 'gateway', clientCertificates: 'off' }],
  [
    { exposure: 'direct', clientCertificates: { mode: 'required' } },
    { through: 'nodes', clientCertificates: 'required' },
  ],
  [{ exposure: 'none' }, { through: 'none', clientCertificates: 'off' }],
])('says how clients get in with %j', async (changes, expected) => {
  const database = storedDatabase();
  const { blueprint, spec } = database;
  const recipe = { ...blueprint.access(spec), ...changes } as AccessRecipe;
  const { server } = await startRouter({
    databases: [
      { ...database, blueprint: { ...blueprint, access: () => recipe } },
    ],
  });
  const { body } = await request(server).get(PATH).expect(200);
  expect(body.wayIn).toEqual(expected);
});

it('answers other plugins on their own account, and offers them nothing', async () => {
  const { server } = await startRouter();
  const { body } = await request(server)
    .get(PATH)
    .set('authorization', mockCredentials.service.header())
    .expect(200);
  expect(body.allowed).toEqual({
    downloadBundle: false,
    readCredentials: false,
    delete: false,
    operate: false,
    issueCredentials: false,
  });
});

it.each([
  ['', false],
  ['?refresh=false', false],
  ['?refresh=true', true],
])('reads the report with "%s" as refresh: %s', async (query, refresh) => {
  const { server, services } = await startRouter();
  const { body } = await request(server).get(`${PATH}/report${query}`);
  expect(body).toEqual(REPORT);
  expect(services.reports.read).toHaveBeenCalledWith(expect.anything(), {
    refresh,
  });
});

describe('having the probes run again', () => {
  const REFRESH = `${PATH}/report?refresh=true`;

  it.each([
    ['a stranger', { databases: [storedDatabase({ owner: OTHERS })] }],
    [
      'an owner without the permission',
      { denied: [databaseOperatePermission] },
    ],
  ])('is refused to %s, who may read what is known', async (_who, options) => {
    const { server, services } = await startRouter(options);
    await request(server).get(REFRESH).expect(403);
    expect(services.reports.read).not.toHaveBeenCalled();
    await request(server).get(`${PATH}/report`).expect(200);
  });

  it('is refused to other plugins', async () => {
    const { server } = await startRouter();
    const { status } = await request(server)
      .get(REFRESH)
      .set('authorization', mockCredentials.service.header());
    expect(status).toBe(403);
  });
});

describe('the fleet', () => {
  const FLEET = '/api/ringfence/fleet';

  it('has a row for each database, with what its last report says', async () => {
    const orders = storedDatabase();
    const other = storedDatabase({ namespace: 'other', version: '2026.1.11' });
    const { server, services } = await startRouter({
      databases: [orders, other],
    });
    services.reports.all.mockReturnValue([
      { database: orders, report: REPORT },
      { database: other },
    ]);
    const { body } = await request(server).get(FLEET).expect(200);
    expect(body.unreachable).toEqual([]);
    expect(body.items).toEqual([
      expect.objectContaining({
        namespace: 'orders',
        replicas: 3,
        status: 'warning',
        headline: REPORT.headline,
        certificateNotAfter: REPORT.certificates[0].notAfter,
        observedAt: REPORT.observedAt,
      }),
      expect.objectContaining({
        namespace: 'other',
        version: '2026.1.11',
        status: 'unknown',
        headline: 'Not looked at yet',
      }),
    ]);
    expect(services.reports.read).not.toHaveBeenCalled();
  });

  it('has a row for a database that cannot be read, with the reason', async () => {
    const { server, services } = await startRouter();
    const unreadable = {
      ref: { kubernetesCluster: 'eu-1', namespace: 'broken' },
      name: 'invoices',
      owner: OTHERS,
      state: 'ready' as const,
      why: 'its spec is no YAML',
    };
    services.databases.list.mockImplementation((async (
      options?: ListOptions,
    ) => {
      options?.onUnreadable?.(unreadable);
      options?.onUnreadable?.({
        ...unreadable,
        owner: undefined,
        state: 'provisioning',
      });
      return [];
    }) as never);
    const { body } = await request(server).get(FLEET).expect(200);
    expect(body.items).toEqual([
      {
        kubernetesCluster: 'eu-1',
        namespace: 'broken',
        name: 'invoices',
        blueprint: 'unknown',
        blueprintTitle: 'Not known',
        owner: OTHERS,
        state: 'ready',
        status: 'unknown',
        headline: 'its spec is no YAML',
      },
      expect.objectContaining({ owner: 'unknown', headline: 'Being created' }),
    ]);
  });

  it('takes less than 400 kB for 1,000 databases, before compression', async () => {
    const databases = Array.from({ length: 1000 }, (_, index) =>
      storedDatabase({
        name: `orders-${index}`,
        namespace: `orders-${index}`,
        version: '2026.1.11',
      }),
    );
    const { server, services } = await startRouter({ databases });
    services.reports.all.mockReturnValue(
      databases.map((database, index) => ({
        database,
        report: index % 4 === 0 ? REPORT : { ...REPORT, headline: 'Fenced' },
      })),
    );
    const { text } = await request(server).get(FLEET).expect(200);
    expect(JSON.parse(text).items).toHaveLength(1000);
    expect(Buffer.byteLength(text)).toBeLessThan(400_000);
  });
});

it('shows the values of changed fields to owners', async () => {
  const { server } = await startRouter();
  const { body } = await request(server).get(`${PATH}/drift`).expect(200);
  expect(body).toEqual({ items: [DRIFT] });
});

const { field, manager } = DRIFT.drift[0];
const WITHOUT_VALUES = { ...DRIFT, drift: [{ field, manager }] };

it.each([
  ['traffic', { items: [TRAFFIC] }],
  ['drift', { items: [WITHOUT_VALUES] }],
])('answers other plugins and users alike with .../%s', async (path, body) => {
  const { server } = await startRouter({
    databases: [storedDatabase({ owner: OTHERS })],
  });
  const response = await request(server).get(`${PATH}/${path}`).expect(200);
  expect(response.body).toEqual(body);
});

it('says of each detail that could not be looked at why that is', async () => {
  const { server } = await startRouter();
  const { body } = await request(server).get(`${PATH}/details`).expect(200);
  expect(body).toEqual({
    certificates: [],
    peers: [],
    nodes: [],
    warnings: [],
    unknown: [
      { what: 'Nodes', why: 'Not looked at' },
      { what: 'State of the nodes in the ring', why: 'Not looked at' },
      { what: 'Who talks to it', why: 'Not looked at' },
      { what: 'Events', why: 'Not looked at' },
    ],
  });
});

it.each([
  '/platforms',
  '/blueprints',
  '/databases',
  '/fleet',
  '/databases/eu-1/orders/details',
  '/databases/eu-1/orders/traffic',
  '/databases/eu-1/orders/drift',
  '/databases/eu-1/orders',
  '/databases/eu-1/orders/report',
])('refuses %s without the permission to read', async path => {
  const { server, services } = await startRouter({
    denied: [databaseReadPermission],
  });
  const { body } = await request(server)
    .get(`/api/ringfence${path}`)
    .expect(403);
  expect(body.error.message).toContain('"ringfence.database.read" is denied');
  expect(services.databases.list).not.toHaveBeenCalled();
});

it('refuses who is not signed in', async () => {
  const { server } = await startRouter();
  const { status } = await request(server)
    .get(PATH)
    .set('authorization', mockCredentials.none.header());
  expect(status).toBe(401);
});

it.each([
  ['of a namespace that is not managed', '/databases/eu-1/kube-system', 404],
  ['with a namespace that cannot be one', '/databases/eu-1/Orders%20', 400],
  ['with a query that nobody knows', '/databases/eu-1/orders?x=1', 400],
])('refuses a request %s', async (_what, path, expected) => {
  const { server } = await startRouter();
  const { status } = await request(server).get(`/api/ringfence${path}`);
  expect(status).toBe(expected);
});
