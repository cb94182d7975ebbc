import {
  AuthorizeResult,
  type ConditionalPolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  credentialsIssuePermission,
  databaseDeletePermission,
  databaseOperatePermission,
  databaseReadPermission,
} from '@ringfence/backstage-plugin-ringfence-common';
import request from 'supertest';
import type { ListOptions } from '../databases/Databases';
import {
  createDatabaseConditionalDecision,
  databaseConditions,
} from '../permissions';
import {
  MOCK_USER,
  startRouter,
  storedDatabase,
} from './__testUtils__/startRouter';

const { isOwner, isKubernetesCluster, isBlueprint } = databaseConditions;
const PAYMENTS = 'group:default/payments';

const MINE = storedDatabase();
const THEIRS = storedDatabase({
  kubernetesCluster: 'eu-2',
  namespace: 'carts',
  name: 'carts',
  owner: PAYMENTS,
});

type Decide = typeof createDatabaseConditionalDecision;

const decide = (
  permission: Parameters<Decide>[0],
  conditions: Parameters<Decide>[1],
): ConditionalPolicyDecision =>
  createDatabaseConditionalDecision(permission, conditions);

const reading = (where: Parameters<Decide>[1]) => ({
  databases: [MINE, THEIRS],
  conditions: {
    [databaseReadPermission.name]: decide(databaseReadPermission, where),
  },
});

describe('a policy that decides reading by conditions', () => {
  it.each<[string, ReturnType<typeof reading>, string[]]>([
    [
      'whose owner is one of these',
      reading(isOwner({ claims: [MOCK_USER.toUpperCase()] })),
      ['orders'],
    ],
    [
      'in one of these Kubernetes clusters',
      reading(isKubernetesCluster({ kubernetesClusters: ['eu-2'] })),
      ['carts'],
    ],
    [
      'of one of these blueprints',
      reading(isBlueprint({ blueprints: ['scylladb-ambient'] })),
      ['orders', 'carts'],
    ],
    [
      'of none of these blueprints',
      reading(isBlueprint({ blueprints: ['cassandra-sidecar'] })),
      [],
    ],
    [
      'with several at once',
      reading({
        allOf: [
          { not: isOwner({ claims: [MOCK_USER] }) },
          isKubernetesCluster({ kubernetesClusters: ['eu-1', 'eu-2'] }),
        ],
      }),
      ['carts'],
    ],
  ])('lists those %s, and shows no others', async (_what, options, names) => {
    const { server } = await startRouter(options);
    const api = '/api/ringfence';
    for (const list of ['databases', 'fleet']) {
      const { body } = await request(server).get(`${api}/${list}`).expect(200);
      expect(body.items.map(({ name }: { name: string }) => name)).toEqual(
        names,
      );
    }
    for (const { ref, spec } of [MINE, THEIRS]) {
      const path = `${api}/databases/${ref.kubernetesCluster}/${ref.namespace}`;
      const status = names.includes(spec.name) ? 200 : 403;
      for (const what of ['', '/report', '/details', '/traffic', '/drift']) {
        const response = await request(server).get(`${path}${what}`);
        expect([what, response.status]).toEqual([what, status]);
      }
    }
  });

  it('is not taken for a refusal of what is about no database', async () => {
    const options = reading(isBlueprint({ blueprints: [] }));
    const { server } = await startRouter(options);
    await request(server).get('/api/ringfence/platforms').expect(200);
    await request(server).get('/api/ringfence/blueprints').expect(200);
  });

  it.each([
    ['nothing', {}, ['lost']],
    [
      'the Kubernetes cluster',
      reading(isKubernetesCluster({ kubernetesClusters: ['eu-1'] })),
      ['lost'],
    ],
    [
      'all but one blueprint, which it may be of',
      reading({ not: isBlueprint({ blueprints: ['scylladb-ambient'] }) }),
      [],
    ],
  ])(
    'shows one of unknown blueprint where it asks for %s',
    async (_what, options, names) => {
      const { server, services } = await startRouter(options);
      services.databases.list.mockImplementation((async (
        listing?: ListOptions,
      ) => {
        listing?.onUnreadable?.({
          ref: { kubernetesCluster: 'eu-1', namespace: 'lost' },
          name: 'lost',
          owner: MOCK_USER,
          state: 'ready',
          why: 'its spec does not fit',
        });
        return [];
      }) as never);
      const { body } = await request(server)
        .get('/api/ringfence/fleet')
        .expect(200);
      expect(body.items.map(({ name }: { name: string }) => name)).toEqual(
        names,
      );
    },
  );

  it('allows nothing by a rule that nobody knows', async () => {
    const { server } = await startRouter({
      databases: [MINE],
      conditions: {
        [databaseReadPermission.name]: {
          result: AuthorizeResult.CONDITIONAL,
          pluginId: 'ringfence',
          resourceType: 'ringfence-database',
          conditions: { rule: 'IS_PINK', resourceType: 'ringfence-database' },
        },
      },
    });
    const { status, body } = await request(server).get(
      '/api/ringfence/databases',
    );
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.items).toBeUndefined();
  });
});

describe.each([
  [
    'decommission',
    databaseDeletePermission,
    '/decommission',
    { confirm: 'orders', deleteVolumes: false },
  ],
  ['repair', databaseOperatePermission, '/repair', {}],
  [
    'issue a client certificate',
    credentialsIssuePermission,
    '/client-certificates',
    { team: 'checkout' },
  ],
] as const)('who may %s by conditions', (_what, permission, path, body) => {
  const ask = async (kubernetesCluster: string, owner = MOCK_USER) => {
    const { server } = await startRouter({
      databases: [storedDatabase({ owner })],
      conditions: {
        [permission.name]: decide(
          permission,
          isKubernetesCluster({ kubernetesClusters: [kubernetesCluster] }),
        ),
      },
    });
    const { status } = await request(server)
      .post(`/api/ringfence/databases/eu-1/orders${path}`)
      .send(body);
    return status;
  };

  it('may where they hold', async () => {
    expect(await ask('eu-1')).toBe(200);
  });

  it('may not where they do not hold, owner or not', async () => {
    expect(await ask('eu-2')).toBe(403);
  });

  it('may not what others own, though they hold', async () => {
    expect(await ask('eu-1', PAYMENTS)).toBe(403);
  });
});

it('offers what the conditions allow, database by database', async () => {
  const { server } = await startRouter({
    databases: [MINE],
    conditions: {
      [databaseDeletePermission.name]: decide(
        databaseDeletePermission,
        isBlueprint({ blueprints: ['cassandra-sidecar'] }),
      ),
      [databaseOperatePermission.name]: decide(
        databaseOperatePermission,
        isBlueprint({ blueprints: ['scylladb-ambient'] }),
      ),
    },
  });
  const { body } = await request(server)
    .get('/api/ringfence/databases/eu-1/orders')
    .expect(200);
  expect(body.allowed).toMatchObject({ delete: false, operate: true });
});
