import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import broken from './__fixtures__/k8ssandra-broken.json';
import updating from './__fixtures__/k8ssandra-updating.json';
import { clusterReady } from './waits';

const ref = {
  apiVersion: 'k8ssandra.io/v1alpha1',
  kind: 'K8ssandraCluster',
  namespace: 'orders',
  name: 'orders',
};

const wait = (datacenters: string[] = ['dc1', 'dc2']) =>
  clusterReady(ref, { datacenters, timeoutMs: 1_000 });

const progress = (cassandraOperatorProgress: string) => ({
  cassandra: { cassandraOperatorProgress },
});

const READY = {
  error: 'None',
  observedGeneration: 2,
  conditions: [{ type: 'CassandraInitialized', status: 'True' }],
  datacenters: { dc1: progress('Ready'), dc2: progress('Ready') },
};

const object = (status?: object): KubernetesObject => ({
  ...ref,
  metadata: { name: 'orders', namespace: 'orders', generation: 2 },
  status,
});

const recorded = ({ items }: { items: unknown[] }, name: string) =>
  (items as KubernetesObject[]).find(
    ({ kind, metadata }) =>
      kind === 'K8ssandraCluster' && metadata.name === name,
  );

describe('waiting for k8ssandra-operator', () => {
  it.each<[string, KubernetesObject | undefined, string]>([
    ['there is none yet', undefined, 'is not there yet'],
    ['it was not taken up', object(), 'has not taken it up'],
    [
      'it reports an error',
      object({ ...READY, error: 'no such context' }),
      'k8ssandra-operator says: no such context',
    ],
    [
      'it reports an error that quotes a password',
      object({ ...READY, error: 'invalid: {"keystore_password":"s3cret"}' }),
      'k8ssandra-operator says: invalid: {"keystore_password":"[redacted]"}',
    ],
    [
      'a datacenter is updated',
      object({
        ...READY,
        datacenters: { dc1: progress('Ready'), dc2: progress('Updating') },
      }),
      'datacenter "dc2": cassandraOperatorProgress: Updating',
    ],
    [
      'a datacenter was not made yet',
      object({ ...READY, datacenters: { dc1: progress('Ready') } }),
      'datacenter "dc2" has not been made',
    ],
    [
      'Cassandra never started',
      object({ ...READY, conditions: [] }),
      'CassandraInitialized is not True',
    ],
    [
      'all of that is said of another generation',
      object({ ...READY, observedGeneration: 1 }),
      'generation 2',
    ],
    [
      'nobody says of which generation it is',
      object({ ...READY, observedGeneration: undefined }),
      'generation 2',
    ],
  ])('goes on while %s', (_name, found, why) => {
    expect(wait().evaluate(found, 0)).toEqual({
      state: 'waiting',
      why: expect.stringContaining(why),
    });
  });

  it('ends when every datacenter is Ready in the newest generation', () => {
    expect(wait().evaluate(object(READY), 0)).toEqual({
      state: 'done',
      message: 'Ready: dc1, dc2',
    });
  });

  it.each<[string, { items: unknown[] }, string, string]>([
    ['updating', updating, 'orders', 'Updating'],
    ['without a password', broken, 'nopass', '"nosuch-password" not found'],
    ['without a store', broken, 'nostore', 'Updating'],
  ])('goes on for one that was recorded %s', (_name, file, name, why) => {
    const found = recorded(file, name)!;
    const datacenters = found.spec.cassandra.datacenters.map(
      ({ metadata }: any) => metadata.name,
    );
    expect(wait(datacenters).evaluate(found, 0)).toEqual({
      state: 'waiting',
      why: expect.stringContaining(why),
    });
  });
});
