import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintCa } from '@ringfence/connection/testUtils';
import type { ApiServerSettings } from '../config/settings';
import {
  failure,
  startFakeApiServer,
  type Answer,
  type FakeApiServer,
} from './__testUtils__/fakeApiServer';
import { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';

let fake: FakeApiServer;
let kubernetes: ClientNodeKubernetesCluster;

beforeEach(async () => {
  fake = await startFakeApiServer();
  kubernetes = clusterWith();
});

afterEach(() => fake.close());

function clusterWith(
  changes: Partial<Extract<ApiServerSettings, { from: 'url' }>> = {},
) {
  return new ClientNodeKubernetesCluster('eu-1', {
    from: 'url',
    url: fake.url,
    caData: fake.caData,
    credentials: { token: () => 'a-token' },
    ...changes,
  });
}

const ref = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'orders',
  name: 'a',
};
const COLLECTION = '/api/v1/namespaces/orders/configmaps';
const PATH = `${COLLECTION}/a`;
const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'orders', name: 'a' },
  data: { k: 'v' },
};
const stored = (metadata: object = {}) => ({
  ...manifest,
  metadata: {
    ...manifest.metadata,
    resourceVersion: '7',
    creationTimestamp: '2026-08-01T10:00:00Z',
    ...metadata,
  },
});

describe('words for what the API server refuses', () => {
  const conflict = (...managers: string[]) =>
    failure(409, 'Conflict', 'Apply failed with conflicts', {
      causes: managers.map(manager => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${manager}" using apps/v1`,
        field: '.spec.replicas',
      })),
    });

  it.each<[string, Answer, object]>([
    [
      'a missing right, with verb and resource',
      failure(
        403,
        'Forbidden',
        'configmaps "a" is forbidden: User "system:serviceaccount:portal:ringfence" cannot patch resource "configmaps" in API group "" in the namespace "orders"',
      ),
      {
        name: 'NotAllowedError',
        message: expect.stringMatching(
          /^Cannot patch configmaps "orders\/a" in Kubernetes cluster "eu-1": .*\. Grant patch on configmaps to Ringfence's account$/,
        ),
      },
    ],
    [
      'a policy that denies, without advice on rights',
      failure(403, 'Forbidden', 'exceeded quota: pods'),
      {
        name: 'NotAllowedError',
        message: expect.stringMatching(/exceeded quota: pods$/),
      },
    ],
    [
      'an object that is not valid',
      failure(422, 'Invalid', 'ConfigMap "a" is invalid: data: too long'),
      { name: 'InputError', message: expect.stringContaining('too long') },
    ],
    [
      'a field that does not exist',
      failure(400, 'BadRequest', 'strict decoding error: unknown field "dat"'),
      { name: 'InputError' },
    ],
    [
      'a namespace that is not there',
      failure(404, 'NotFound', 'namespaces "orders" not found'),
      { name: 'NotFoundError' },
    ],
    [
      'fields of another manager',
      conflict('argocd', 'kubectl edit', 'argocd'),
      {
        name: 'ConflictError',
        reason: 'FieldManager',
        managers: ['argocd', 'kubectl edit'],
      },
    ],
    [
      'an object that changed',
      failure(409, 'Conflict', 'the object has been modified'),
      { name: 'ConflictError', reason: 'ResourceVersion', managers: [] },
    ],
    [
      'an object that is there',
      failure(409, 'AlreadyExists', 'configmaps "a" already exists'),
      { name: 'ConflictError', reason: 'AlreadyExists' },
    ],
    [
      'credentials that are not accepted',
      failure(401, 'Unauthorized', 'Unauthorized'),
      {
        name: 'ServiceUnavailableError',
        message: expect.stringContaining('Renew the token or certificate'),
      },
    ],
    [
      'an API server that has too much to do',
      failure(429, 'TooManyRequests', 'too many requests'),
      { name: 'ServiceUnavailableError' },
    ],
    [
      'a proxy before it',
      { status: 502, body: '<html>' },
      { name: 'ServiceUnavailableError' },
    ],
  ])('tells %s', async (_what, answer, expected) => {
    fake.on(`PATCH ${PATH}`, answer);

    await expect(kubernetes.apply(manifest)).rejects.toMatchObject(expected);
  });

  it('tells a kind that is not served', async () => {
    await expect(
      kubernetes.apply({ ...manifest, apiVersion: 'absent.example.com/v1' }),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('"absent.example.com/v1" is not served'),
    });
  });

  it('tells a namespaced object without a namespace', async () => {
    await expect(
      kubernetes.create({ ...manifest, metadata: { name: 'a' } }),
    ).rejects.toMatchObject({ name: 'InputError' });
    expect(fake.requests.map(({ line }) => line)).toEqual(['GET /api/v1']);
  });
});

describe('the connection', () => {
  it('tells an API server that cannot be reached', async () => {
    fake.close();

    await expect(kubernetes.get(ref)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining(
        `"eu-1" cannot be reached at ${fake.url}: connect ECONNREFUSED`,
      ),
    });
  });

  it('talks to no API server of another CA, whatever the environment says', async () => {
    const other = await mintCa({ name: 'another CA' });
    const caData = Buffer.from(other.certPem).toString('base64');
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      await expect(clusterWith({ caData }).get(ref)).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
      await expect(
        clusterWith({ caData }).exec({ namespace: 'orders', pod: 'a' }, ['ls']),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(fake.requests).toEqual([]);
  });

  it('is used again by the next request', async () => {
    let connections = 0;
    fake.server.on('secureConnection', () => {
      connections += 1;
    });
    await kubernetes.get(ref);
    await kubernetes.get(ref);

    expect(fake.requests).toHaveLength(3);
    expect(connections).toBe(1);
  });

  it('reads the token file again at each use', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'token-'));
    const tokenFile = join(folder, 'token');
    const cluster = clusterWith({ credentials: { tokenFile } });
    for (const token of ['first', 'second']) {
      await writeFile(tokenFile, `${token}\n`);
      await cluster.get(ref);
      expect(fake.requests.at(-1)!.headers.authorization).toBe(
        `Bearer ${token}`,
      );
    }
    await rm(folder, { recursive: true });

    await expect(cluster.get(ref)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('Credentials for Kubernetes cluster'),
    });
  });
});

describe('a kubeconfig', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function fromFile(cluster: object, context?: string) {
    const file = join(folder, 'config');
    await writeFile(
      file,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: fake.url, ...cluster } }],
        users: [{ name: 'u', user: { token: 'from-file' } }],
        contexts: [{ name: 'eu', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'eu',
      }),
    );
    return new ClientNodeKubernetesCluster('eu-1', {
      from: 'kubeconfig',
      file,
      context,
    });
  }

  it('says whom to talk to and as whom', async () => {
    fake.on(`GET ${PATH}`, { body: stored() });
    const cluster = await fromFile({
      'certificate-authority-data': fake.caData,
    });

    expect(await cluster.get(ref)).toEqual(stored());
    expect(fake.requests.at(-1)!.headers.authorization).toBe(
      'Bearer from-file',
    );
  });

  it('is refused where it switches verification off', async () => {
    const cluster = await fromFile({ 'insecure-skip-tls-verify': true });

    await expect(cluster.get(ref)).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('insecure-skip-tls-verify'),
    });
    expect(fake.requests).toEqual([]);
  });

  it('is refused where it lacks the context', async () => {
    const cluster = await fromFile({}, 'absent');

    await expect(cluster.get(ref)).rejects.toThrow('has no context "absent"');
  });

  it('is refused where its server is not https', async () => {
    const cluster = await fromFile({ server: 'http://127.0.0.1:8080' });

    await expect(cluster.get(ref)).rejects.toThrow('is not an https URL');
  });

  it('may be missing for a while', async () => {
    const cluster = new ClientNodeKubernetesCluster('eu-1', {
      from: 'kubeconfig',
      file: join(folder, 'absent'),
    });

    await expect(cluster.get(ref)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('absent" cannot be read'),
    });
  });
});

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
      { labelSelector: 'app=orders,tier=db', limit: '500' },
      { labelSelector: 'app=orders,tier=db', limit: '500', continue: 'more' },
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
