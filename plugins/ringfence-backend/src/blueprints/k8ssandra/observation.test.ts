import { k8ssandra } from '.';
import { exampleSpec } from './__fixtures__/spec';

describe('where the facts on a ring of K8ssandra come from', () => {
  it('counts the nodes of all datacenters, and the pods of those that are here', () => {
    const { replicas, statefulSet, statefulSets } = k8ssandra.observation(
      exampleSpec({
        datacenters: [
          {
            name: 'dc1',
            replicas: 4,
            racks: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
          },
          { name: 'dc2', replicas: 3 },
          { name: 'dc3', replicas: 5, k8sContext: 'west' },
        ],
      }),
    );
    expect(replicas).toBe(12);
    expect(statefulSet).toBe('orders-dc1-a-sts');
    expect(statefulSets).toEqual([
      { name: 'orders-dc1-a-sts', replicas: 2 },
      { name: 'orders-dc1-b-sts', replicas: 1 },
      { name: 'orders-dc1-c-sts', replicas: 1 },
      { name: 'orders-dc2-default-sts', replicas: 3 },
    ]);
  });

  it('reads the operators and every certificate, of Medusa too', () => {
    const { operator, certificates } = k8ssandra.observation(
      exampleSpec({
        medusa: {
          enabled: true,
          storage: { provider: 's3', bucket: 'backups' },
        },
      }),
    );
    expect(
      operator!.objects.map(({ kind, name }) => `${kind} ${name}`),
    ).toEqual(['K8ssandraCluster orders', 'CassandraDatacenter dc1']);
    expect(certificates.map(({ name }) => name)).toEqual([
      'orders-ca',
      'orders-internode-ca',
      'orders-tls',
      'orders-internode-tls',
      'orders-portal-tls',
      'orders-medusa-tls',
    ]);
  });
});
