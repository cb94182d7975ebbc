import {
  clusterOf,
  COLLECTION,
  manifest,
  PATH,
  ref,
  stored,
} from './__testUtils__/configMap';
import {
  failure,
  startFakeApiServer,
  type FakeApiServer,
} from './__testUtils__/fakeApiServer';
import type { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';

let fake: FakeApiServer;
let kubernetes: ClientNodeKubernetesCluster;

beforeEach(async () => {
  fake = await startFakeApiServer();
  kubernetes = clusterOf(fake);
});

afterEach(() => fake.close());

describe('reading', () => {
  it('gives objects as they are on the wire', async () => {
    fake.on(`GET ${PATH}`, { body: stored({ unknown: { kept: true } }) });

    expect(await kubernetes.get(ref)).toEqual(
      stored({ unknown: { kept: true } }),
    );
  });

  it('gives undefined for an object, and for a kind, that is not there', async () => {
    expect(await kubernetes.get(ref)).toBeUndefined();
    expect(
      await kubernetes.get({ ...ref, apiVersion: 'absent.example.com/v1' }),
    ).toBeUndefined();
  });

  it('lists all pages, by labels, and says what the items are', async () => {
    const item = (name: string) => ({
      metadata: { name, namespace: 'orders' },
    });
    fake.on(
      `GET ${COLLECTION}`,
      { body: { metadata: { continue: 'more' }, items: [item('a')] } },
      { body: { metadata: {}, items: [item('b')] } },
    );
    const { name, ...selector } = ref;
    const items = await kubernetes.list({
      ...selector,
      labels: { app: 'orders', tier: 'db' },
    });

    expect(items).toEqual(
      ['a', 'b'].map(each => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        ...item(each),
      })),
    );
    expect(fake.requests.slice(1).map(({ query }) => query)).toEqual([
      { labelSelector: 'app=orders,tier=db', limit: '200' },
      { labelSelector: 'app=orders,tier=db', limit: '200', continue: 'more' },
    ]);
  });

  it('discovers everything in one request for each root', async () => {
    const group = (name: string, kind: string, resource: string) => ({
      metadata: { name },
      versions: ['v1', 'v1beta1'].map(version => ({
        version,
        resources: [{ resource, responseKind: { kind }, scope: 'Namespaced' }],
      })),
    });
    const list = (...items: object[]) => ({
      body: { kind: 'APIGroupDiscoveryList', items },
    });
    fake.on('GET /version', { body: { gitVersion: 'v1.36.3' } });
    fake.on('GET /api', list());
    fake.on(
      'GET /apis',
      list(group('gateway.networking.k8s.io', 'Gateway', 'gateways')),
    );
    const { version, apis } = await kubernetes.discover();

    expect(version).toBe('v1.36.3');
    expect(apis.map(api => api.version)).toEqual(['v1', 'v1beta1']);
    expect(apis[0]).toEqual({
      group: 'gateway.networking.k8s.io',
      version: 'v1',
      kind: 'Gateway',
      plural: 'gateways',
      namespaced: true,
    });
  });

  it('discovers version by version where it must, and leaves out one that is down', async () => {
    fake.on('GET /version', { body: { gitVersion: 'v1.25.0' } });
    fake.on('GET /api', { body: { kind: 'APIVersions', versions: ['v1'] } });
    const groupVersions = ['apps/v1', 'metrics.k8s.io/v1beta1'];
    fake.on('GET /apis', {
      body: {
        kind: 'APIGroupList',
        groups: groupVersions.map(groupVersion => ({
          versions: [{ groupVersion }],
        })),
      },
    });
    fake.on('GET /apis/apps/v1', {
      body: {
        resources: [
          { name: 'statefulsets', kind: 'StatefulSet', namespaced: true },
          { name: 'statefulsets/scale', kind: 'Scale', namespaced: true },
        ],
      },
    });
    fake.on(
      'GET /apis/metrics.k8s.io/v1beta1',
      failure(503, 'ServiceUnavailable', 'the server is down'),
    );
    const { apis } = await kubernetes.discover();

    expect(apis.map(({ plural }) => plural)).toEqual([
      'configmaps',
      'namespaces',
      'secrets',
      'pods',
      'statefulsets',
    ]);
  });
});

describe('writing', () => {
  const field = (key: string) => ({ 'f:data': { [`f:${key}`]: {} } });

  it('applies as ringfence, strictly and never by force', async () => {
    fake.on(`PATCH ${PATH}`, { body: stored() });
    await kubernetes.apply({
      ...manifest,
      metadata: { ...manifest.metadata, managedFields: [{ manager: 'x' }] },
    });
    const { query, headers, body } = fake.requests.at(-1)!;

    expect(query).toEqual({
      fieldManager: 'ringfence',
      fieldValidation: 'Strict',
      force: 'false',
    });
    expect(headers['content-type']).toBe('application/apply-patch+yaml');
    expect(body).toEqual(manifest);
  });

  it.each(['apply', 'create'] as const)(
    'says so in a dry run of %s',
    async verb => {
      fake.on(`PATCH ${PATH}`, { body: stored() });
      fake.on(`POST ${COLLECTION}`, { body: stored() });
      await kubernetes[verb](manifest, { dryRun: true });

      expect(fake.requests.at(-1)!.query.dryRun).toBe('All');
    },
  );

  it('owns by apply what it created, so that a later apply may remove it', async () => {
    const update = {
      manager: 'ringfence',
      operation: 'Update',
      fieldsV1: field('k'),
    };
    const others = { manager: 'kubelet', operation: 'Update', fieldsV1: {} };
    fake.on(`POST ${COLLECTION}`, {
      status: 201,
      body: stored({ managedFields: [others, update] }),
    });
    fake.on(`PATCH ${PATH}`, { body: stored({ resourceVersion: '8' }) });
    const created = await kubernetes.create(manifest);

    expect(created.metadata.resourceVersion).toBe('8');
    expect(fake.requests.at(-1)!.body).toEqual([
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [{ ...update, operation: 'Apply' }, others],
      },
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
    ]);
  });

  it('is content with a create where it may not patch', async () => {
    fake.on(`POST ${COLLECTION}`, { status: 201, body: stored() });
    fake.on(`PATCH ${PATH}`, failure(403, 'Forbidden', 'no'));

    expect(await kubernetes.create(manifest)).toEqual(stored());
  });

  it('takes over what it created before, where an apply conflicts with itself', async () => {
    const ours = (operation: string, key: string) => ({
      manager: 'ringfence',
      operation,
      fieldsV1: field(key),
    });
    fake.on(
      `PATCH ${PATH}`,
      failure(409, 'Conflict', 'conflict', {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "ringfence" using v1',
          },
        ],
      }),
      { body: stored({ resourceVersion: '8' }) },
      { body: stored({ resourceVersion: '9' }) },
    );
    fake.on(`GET ${PATH}`, {
      body: stored({
        managedFields: [ours('Apply', 'a'), ours('Update', 'b')],
      }),
    });
    const applied = await kubernetes.apply(manifest);
    const [{ value }] = fake.requests.at(-2)!.body;

    expect(applied.metadata.resourceVersion).toBe('9');
    expect(value).toEqual([
      {
        ...ours('Apply', 'a'),
        fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } },
      },
    ]);
  });

  it('deletes in the background, only the version that was read', async () => {
    fake.on(`DELETE ${PATH}`, { body: {} });
    await kubernetes.delete(ref, { resourceVersion: '7' });

    expect(fake.requests.at(-1)!.body).toMatchObject({
      propagationPolicy: 'Background',
      preconditions: { resourceVersion: '7' },
    });
  });

  it('is content where there is nothing to delete', async () => {
    await expect(kubernetes.delete(ref)).resolves.toBeUndefined();
  });

  it('writes no status of an object that was not read', async () => {
    await expect(kubernetes.updateStatus(manifest)).rejects.toMatchObject({
      name: 'InputError',
    });
  });
});
