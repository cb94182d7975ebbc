import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, type Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import {
  describeFencedDatabase,
  FencedDatabase,
} from './support/fencedDatabase';
import { leaseHolder } from './support/interruption';
import { startTestPortal, TEMPLATE, type TestPortal } from './support/portal';
import { orders, provision } from './support/provisioning';
import {
  createThroughTemplate,
  logOf,
  runTemplate,
  type EndedTask,
} from './support/template';

jest.setTimeout(300_000);

const { blueprint, ...values } = orders;
const production = {
  ...orders,
  name: 'ledger',
  namespace: 'ledger',
  profile: 'production',
  storage: { className: 'fast-xfs' },
};

/** Before its nodes take memory. */
const CANCELLED_IN = 'Namespace in the mesh';

let directory: string;
let cluster: Cluster;
let portal: TestPortal | undefined;
let database: FencedDatabase;
/** That of the production profile, which its user cancels. */
let cancelled: EndedTask;

/** All through the scaffolder's API, and the plan through the portal's. */
async function workWithPortal(from: TestPortal) {
  const planned = await from.ada.post('/ringfence/plan', orders);
  await createThroughTemplate(from, TEMPLATE, values);
  const { blueprint: _, ...asked } = production;
  cancelled = await runTemplate(from, TEMPLATE, asked, CANCELLED_IN);
  return planned;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-provision-'));
  cluster = await startClusterForAccount({ log: () => {} });
  const { kubeconfig } = cluster;
  portal = await startTestPortal({ kubeconfig, directory });
  const planned = await workWithPortal(portal);
  await portal.stop();
  portal = undefined;
  database = await FencedDatabase.create(cluster, orders, planned);
});

afterAll(async () => {
  await database?.stop();
  await portal?.stop();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

describeFencedDatabase('a real API server', () => database);

describe('the production profile on a real API server', () => {
  it('is stopped by its user, says so, and leaves nobody at it', async () => {
    const types = cancelled.events.map(({ type }) => type);
    expect(types).toContain('cancelled');
    expect(cancelled.status).not.toBe('completed');
    const log = logOf(cancelled);
    expect(log).toContain('Cancelled. Stopped after ');
    expect(log).toContain('Nothing was deleted because of it.');
    await until('nobody holds the Lease', 10_000, async () => {
      return (await leaseHolder(cluster, 'ledger')) === undefined;
    });
  });

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
