import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '../Sandbox';
import { hasCondition, objectOnce, refOf } from '../testing';
import { namespaceManifest, ringManifests } from '../testing/database';

const namespace = 'orders';

let sandbox: Sandbox;
let kubernetes: ReturnType<Sandbox['as']>;
beforeEach(async () => {
  sandbox = await createSandbox({ ring: () => ({ stub: 'this is a test' }) });
  kubernetes = sandbox.as('ringfence');
  await kubernetes.apply(namespaceManifest({ namespace }));
});
afterEach(() => sandbox.stop());

const setOf = (options: object = {}): Manifest =>
  ringManifests({ namespace, ...options })[2];
const readyWith = (replicas: number) => (set: KubernetesObject) =>
  set.status?.readyReplicas === replicas &&
  set.status.observedGeneration === set.metadata.generation;
const pod = (ordinal: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace,
  name: `orders-${ordinal}`,
});
const listNames = async (kind: string) =>
  (await kubernetes.list({ apiVersion: 'v1', kind, namespace }))
    .map(it => it.metadata.name)
    .sort();

const isMounting = (it: KubernetesObject) =>
  it.status?.containerStatuses[0].state.waiting?.message.startsWith(
    'MountVolume',
  );

it('starts pods one after the other unless they may start in parallel', async () => {
  const set = setOf({ podManagementPolicy: 'OrderedReady' });
  const order: string[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const event of kubernetes.watch(
      { apiVersion: 'v1', kind: 'Pod', namespace },
      { signal: stop.signal },
    )) {
      if (event.type === 'synced') continue;
      const { name } = event.object.metadata;
      if (event.type === 'added') order.push(`${name} made`);
      const line = `${name} ready`;
      if (hasCondition('Ready')(event.object) && !order.includes(line))
        order.push(line);
    }
  })();
  await kubernetes.apply(set);
  await objectOnce(kubernetes, refOf(set), readyWith(3));
  stop.abort();
  await watching;
  expect(order).toEqual([
    'orders-0 made',
    'orders-0 ready',
    'orders-1 made',
    'orders-1 ready',
    'orders-2 made',
    'orders-2 ready',
  ]);
});

it('spreads the pods over the nodes and gives each a bound claim', async () => {
  const set = setOf();
  await kubernetes.apply(set);
  await objectOnce(kubernetes, refOf(set), readyWith(3));
  const pods = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
  });
  const claims = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
  });
  expect(pods.map(it => it.spec.nodeName).sort()).toEqual([
    'sandbox-a',
    'sandbox-b',
    'sandbox-c',
  ]);
  expect(
    claims
      .map(it => [it.metadata.name, it.status.phase, it.spec.storageClassName])
      .sort(),
  ).toEqual([
    ['data-orders-0', 'Bound', 'standard'],
    ['data-orders-1', 'Bound', 'standard'],
    ['data-orders-2', 'Bound', 'standard'],
  ]);
});

it('refuses to change the claims', async () => {
  const set = setOf();
  await kubernetes.apply(set);
  const changed = setOf();
  changed.spec.volumeClaimTemplates[0].spec.resources.requests.storage = '2Gi';
  await expect(kubernetes.apply(changed)).rejects.toMatchObject({
    name: 'InputError',
    message: expect.stringContaining(
      'spec: Forbidden: updates to statefulset spec',
    ),
  });
});

it('waits for a StorageClass, and says so', async () => {
  const set = setOf({ replicas: 1 });
  set.spec.volumeClaimTemplates[0].spec.storageClassName = 'nosuch';
  await kubernetes.apply(set);
  const waiting = await objectOnce(
    kubernetes,
    pod(0),
    hasCondition('PodScheduled', 'False'),
  );
  expect(waiting.status.phase).toBe('Pending');
  expect(waiting.status.conditions[0].message).toBe(
    '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
  );
});

it('waits for a Secret that a pod mounts', async () => {
  const set = setOf({ replicas: 1 });
  set.spec.template.spec.volumes = [
    { name: 'superuser', secret: { secretName: 'late' } },
  ];
  await kubernetes.apply(set);
  const waiting = await objectOnce(kubernetes, pod(0), isMounting);
  expect(waiting.status.containerStatuses[0].state.waiting.message).toBe(
    'MountVolume.SetUp failed: secret "late" not found',
  );
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'late', namespace },
  });
  await objectOnce(kubernetes, refOf(set), readyWith(1));
});

it('replaces a pod that was deleted, at its address', async () => {
  const set = setOf({ replicas: 1 });
  await kubernetes.apply(set);
  await objectOnce(kubernetes, refOf(set), readyWith(1));
  const before = (await kubernetes.get(pod(0)))!;
  await kubernetes.delete(pod(0));
  const after = await objectOnce(
    kubernetes,
    pod(0),
    it => it.metadata.uid !== before.metadata.uid && hasCondition('Ready')(it),
  );
  expect(after.status.podIP).toBe(before.status.podIP);
});

it('keeps claims when it is deleted, and takes them up again', async () => {
  const set = setOf({ replicas: 2 });
  await kubernetes.apply(set);
  await objectOnce(kubernetes, refOf(set), readyWith(2));
  await kubernetes.delete(refOf(set));
  expect(await listNames('Pod')).toEqual([]);
  expect(await listNames('PersistentVolumeClaim')).toEqual([
    'data-orders-0',
    'data-orders-1',
  ]);
  await kubernetes.apply(set);
  await objectOnce(kubernetes, refOf(set), readyWith(2));
});

it.each([
  ['cassandra', '2026.1.11', false, 'cassandra'],
  ['its superuser', '2026.2.5', true, 'admin'],
])('lets in %s of version %s', async (_name, version, mounted, username) => {
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'superuser', namespace },
    stringData: {
      'superuser.yaml': 'x',
      username: 'admin',
      password: 'admin-password',
    },
  });
  const set = setOf({ replicas: 1, version });
  if (mounted) {
    set.spec.template.spec.volumes = [
      { name: 'superuser', secret: { secretName: 'superuser' } },
    ];
  }
  await kubernetes.apply(set);
  await objectOnce(kubernetes, refOf(set), readyWith(1));
  const { Client } = await import('cassandra-driver');
  const address = (await kubernetes.get(pod(0)))!.status.podIP;
  const login = async (name: string, password: string) => {
    const client = new Client({
      contactPoints: [address],
      localDataCenter: 'datacenter1',
      credentials: { username: name, password },
    });
    const outcome = await client.connect().then(
      () => 'accepted',
      () => 'refused',
    );
    await client.shutdown();
    return outcome;
  };
  const outcomes = {
    cassandra: await login('cassandra', 'cassandra'),
    admin: await login('admin', 'admin-password'),
  };
  expect(outcomes).toEqual({
    cassandra: 'refused',
    admin: 'refused',
    [username]: 'accepted',
  });
});
