/* eslint-disable jest/no-export -- what the operators make of rings that name what is not there */
import broken from '../../../src/agent/k8ssandraOperator/__fixtures__/broken.json';
import { until, type Cluster } from '../../../src';

const NAMESPACE = 'mistaken';
const TAKEN_UP_WITHIN_MS = 60_000;

/** As they were recorded, under our own namespace. */
const rings = (broken.items as any[])
  .filter(
    ({ kind, metadata }) =>
      kind === 'K8ssandraCluster' && metadata.name !== 'orders',
  )
  .map(({ apiVersion, kind, metadata, spec, status }) => ({
    asked: {
      apiVersion,
      kind,
      metadata: { name: metadata.name as string, namespace: NAMESPACE },
      spec,
    },
    status,
  }));

const secret = (name: string, keys: readonly string[]) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: NAMESPACE },
  stringData: Object.fromEntries(keys.map(key => [key, 'not looked at'])),
});
const STORES = ['keystore.jks', 'truststore.jks'];

/** Rings whose stores or passwords are not there. */
export function describeRecordedMistakes(
  cluster: () => Pick<Cluster, 'kubectl'>,
): void {
  describe('what the operators say of what is missing, as was recorded of the real ones,', () => {
    const read = async (...what: string[]) =>
      JSON.parse(
        await cluster().kubectl([
          ...['get', ...what],
          ...['-n', NAMESPACE, '-o', 'json'],
        ]),
      );

    beforeAll(async () => {
      await cluster().kubectl(['create', 'namespace', NAMESPACE]);
      const items = [
        secret('client-stores', STORES),
        secret('server-stores', STORES),
        secret('store-password', ['password']),
        ...rings.map(({ asked }) => asked),
      ];
      const list = { apiVersion: 'v1', kind: 'List', items };
      await cluster().kubectl(
        ['apply', '--server-side', '--validate=strict', '-f', '-'],
        JSON.stringify(list),
      );
    });

    afterAll(() =>
      cluster().kubectl(['delete', 'namespace', NAMESPACE, '--timeout=120s']),
    );

    it.each(rings.map(({ asked, status }) => [asked.metadata.name, status]))(
      'is the same of ring "%s"',
      async (name, recorded) => {
        await until(
          `ring "${name}" is taken up`,
          TAKEN_UP_WITHIN_MS,
          async () => {
            const { status } = await read('k8ssandracluster', name);
            expect(summary(status)).toEqual(summary(recorded));
            return true;
          },
        );
      },
    );

    it.each(['dc7', 'dc9'])(
      'is nothing at all of the pods of "%s", which never start',
      async datacenter => {
        const label = `cassandra.datastax.com/datacenter=${datacenter}`;
        const pods = await until('the pods', TAKEN_UP_WITHIN_MS, async () => {
          const { items } = await read('pods', '-l', label);
          return items.length === 3 && items;
        });
        const phases = pods.map((it: any) => it.status.phase);
        expect(new Set(phases)).toEqual(new Set(['Pending']));
      },
    );
  });
}

/** What it says of a whole ring: which nodes there are changes from run to run. */
function summary({ error, datacenters = {}, conditions }: any = {}) {
  const progress = Object.entries<any>(datacenters).map(([name, it]) => [
    name,
    it.cassandra?.cassandraOperatorProgress,
  ]);
  return { error, progress, conditions };
}
