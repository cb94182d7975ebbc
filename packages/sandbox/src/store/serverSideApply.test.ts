import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import { createMemoryKubernetesCluster } from './MemoryKubernetesCluster';

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'orders' },
};

function pod(containers: object[]): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'orders' },
    spec: { containers },
  };
}

const memory = () => createMemoryKubernetesCluster({ objects: [namespace] });

it('owns an item of a keyed list until its last owner drops it', async () => {
  const kubernetes = memory();
  const env = (name: string) =>
    pod([{ name: 'scylla', env: [{ name, value: '1' }] }]);
  await kubernetes.apply(env('OURS'));
  await kubernetes.as('someone-else').apply(env('THEIRS'));
  const both = await kubernetes.apply(
    pod([{ name: 'scylla', image: 'scylla' }]),
  );
  const none = await kubernetes
    .as('someone-else')
    .apply(pod([{ name: 'scylla' }]));
  expect(both.spec.containers).toEqual([
    { name: 'scylla', image: 'scylla', env: [{ name: 'THEIRS', value: '1' }] },
  ]);
  expect(none.spec.containers).toEqual([{ name: 'scylla', image: 'scylla' }]);
});

it('replaces lists without keys as a whole', async () => {
  const kubernetes = memory();
  await kubernetes.apply(pod([{ name: 'scylla', args: ['--smp', '1'] }]));
  const applied = await kubernetes.apply(
    pod([{ name: 'scylla', args: ['--smp'] }]),
  );
  expect(applied.spec.containers[0].args).toEqual(['--smp']);
});

it('tells ports apart by number and protocol, TCP unless it says otherwise', async () => {
  const kubernetes = memory();
  const ports = (...list: object[]) => pod([{ name: 'scylla', ports: list }]);
  await kubernetes.apply(
    ports({ containerPort: 53, protocol: 'UDP' }, { containerPort: 53 }),
  );
  const applied = await kubernetes.apply(
    ports({ containerPort: 53, protocol: 'TCP', name: 'dns' }),
  );
  expect(applied.spec.containers[0].ports).toEqual([
    { containerPort: 53, protocol: 'TCP', name: 'dns' },
  ]);
});

it('names every manager and field of a conflict', async () => {
  const kubernetes = memory();
  await kubernetes.as('helm').apply(pod([{ name: 'scylla', image: 'theirs' }]));
  await expect(
    kubernetes.apply(pod([{ name: 'scylla', image: 'ours' }])),
  ).rejects.toThrow(
    'Apply of Pod "orders/a" failed with 1 conflict: conflict with "helm": .spec.containers[name="scylla"].image',
  );
});

it('takes over fields by force, and gives them up to nobody', async () => {
  const kubernetes = memory();
  await kubernetes.apply(pod([{ name: 'scylla', image: 'ours' }]));
  await kubernetes
    .as('controller', { force: true })
    .apply(pod([{ name: 'scylla', image: 'theirs' }]));
  await expect(
    kubernetes.apply(pod([{ name: 'scylla', image: 'ours' }])),
  ).rejects.toMatchObject({
    managers: ['controller'],
  });
});

it('says in managedFields who owns what', async () => {
  const kubernetes = memory();
  const { metadata } = await kubernetes.apply(
    pod([{ name: 'scylla', image: 'ours' }]),
  );
  expect(metadata.managedFields).toEqual([
    expect.objectContaining({
      manager: 'ringfence',
      operation: 'Apply',
      fieldsV1: {
        'f:spec': {
          'f:containers': {
            'k:{"name":"scylla"}': { '.': {}, 'f:name': {}, 'f:image': {} },
          },
        },
      },
    }),
  ]);
});

it('refuses a manifest that carries managedFields', async () => {
  const kubernetes = memory();
  const made = await kubernetes.apply(pod([]));
  await expect(kubernetes.apply(made)).rejects.toThrow(
    'metadata.managedFields must be nil',
  );
});
