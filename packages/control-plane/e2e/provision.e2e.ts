import { startCluster, until, type Cluster } from '../src';
import {
  describeFencedDatabase,
  FencedDatabase,
} from './support/fencedDatabase';
import { orders, provision } from './support/provisioning';

jest.setTimeout(300_000);

let cluster: Cluster;
let database: FencedDatabase;

beforeAll(async () => {
  cluster = await startCluster({ log: () => {} });
  database = await FencedDatabase.create(cluster, orders);
});

afterAll(async () => {
  await database?.stop();
  await cluster?.stop();
});

describeFencedDatabase('a real API server', () => database);

describe('the production profile on a real API server', () => {
  const production = {
    ...orders,
    name: 'ledger',
    namespace: 'ledger',
    profile: 'production',
    storage: { className: 'fast-xfs' },
  };

  it('has its manifests accepted and its pods admitted', async () => {
    const { look } = database;
    const stop = new AbortController();
    const events = await provision(
      database.provisioner,
      production,
      stop.signal,
      event => {
        const isRing =
          event.type === 'object' && event.object.startsWith('StatefulSet');
        // What comes after takes the nodes, which is not the question here.
        if (isRing) stop.abort(new Error('enough'));
      },
    );
    const applied = events.flatMap(event =>
      event.type === 'object' ? [event.object] : [],
    );
    expect(applied.at(-1)).toBe('StatefulSet ledger/ledger');
    const pods: any[] = await until('all pods on nodes', 30_000, async () => {
      const { items } = await look.read(['get', 'pods', '-n', 'ledger']);
      const placed = items.filter((it: any) => it.spec.nodeName);
      return placed.length >= 5 && placed;
    });
    expect(await look.refusedPods('ledger')).toEqual([]);
    const nodes = pods
      .filter(it => it.spec.containers[0].name === 'scylla')
      .map(it => it.spec.nodeName);
    expect(new Set(nodes).size).toBe(3);
    const warned = database.wire
      .of('ringfence')
      .filter(
        ({ path, warnings }) => /ledger/.test(path) && warnings.length > 0,
      );
    expect(warned).toEqual([]);
  });
});
