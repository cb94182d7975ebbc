import { clusterOf, manifest, PATH } from './__testUtils__/configMap';
import {
  failure,
  startFakeApiServer,
  type Answer,
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
      'an apply of a field that does not exist',
      failure(
        500,
        'InternalError',
        'failed to create typed patch object (a/a; /v1, Kind=ConfigMap): .dat: field not declared in schema',
      ),
      { name: 'InputError', message: expect.stringContaining('.dat: field') },
    ],
    [
      'an API server that fails',
      failure(500, 'InternalError', 'etcdserver: request timed out'),
      { name: 'ServiceUnavailableError' },
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
