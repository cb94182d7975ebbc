import { mockCredentials } from '@backstage/backend-test-utils';
import {
  credentialsReadPermission,
  databaseReadPermission,
} from '@ringfence/backstage-plugin-ringfence-common';
import request from 'supertest';
import {
  REPORT,
  startRouter,
  storedDatabase,
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
  ['an owner everything that the policy allows', {}, [true, false, true]],
  ['a stranger nothing', { owner: OTHERS }, [false, false, false]],
])('offers %s', async (_who, overrides, expected) => {
  const { server } = await startRouter({
    databases: [storedDatabase(overrides)],
    denied: [credentialsReadPermission],
  });
  const { body } = await request(server).get(PATH).expect(200);
  const { downloadBundle, readCredentials, delete: deletes } = body.allowed;
  expect([downloadBundle, readCredentials, deletes]).toEqual(expected);
  expect(body.spec.replicas).toBe(3);
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

it.each([
  '/platforms',
  '/blueprints',
  '/databases',
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
