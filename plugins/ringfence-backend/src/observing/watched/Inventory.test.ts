import { mockServices } from '@backstage/backend-test-utils';
import { NotFoundError } from '@backstage/errors';
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createMemoryKubernetesCluster } from '@ringfence/sandbox';
import type { LiveDatabases, StoredDatabase } from '../../databases';
import { Inventory } from './Inventory';

const namespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: { 'app.kubernetes.io/managed-by': 'ringfence' },
  },
});

const inventories: Inventory[] = [];
afterEach(() => Promise.all(inventories.splice(0).map(it => it.stop())));

/** Two Kubernetes clusters with a database each; what `away` names answers nothing. */
async function setUp(away: Set<string>, changes: Partial<LiveDatabases> = {}) {
  const all = ['eu-1', 'us-1'].map(name =>
    createMemoryKubernetesCluster({ name }),
  );
  for (const kubernetes of all) await kubernetes.apply(namespace('orders'));
  const clusters = all.map(kubernetes => ({
    kubernetes: silenced(kubernetes, away),
    defaults: {},
  }));
  const database = (kubernetesCluster: string, name: string) =>
    ({
      ref: { kubernetesCluster, namespace: name },
      state: 'ready',
    } as StoredDatabase);
  const live: LiveDatabases = {
    list: async () => [],
    listIn: async (_kubernetes, onUnreachable) => {
      onUnreachable();
      return [];
    },
    readFrom: async ({ name }, { metadata }) => database(name, metadata.name),
    listTexts: async () => new Map(),
    get: async ({ kubernetesCluster }) => {
      throw new NotFoundError(`asked ${kubernetesCluster} itself`);
    },
    ...changes,
  };
  const inventory = new Inventory({
    clusters: { listUsable: () => clusters },
    live,
    logger: mockServices.logger.mock(),
    clock: () => new Date(),
    timing: { heartbeatMs: 50, patienceMs: 500, firstDelayMs: 10 },
  });
  inventories.push(inventory);
  return { inventory, clusters: all, started: inventory.start() };
}

function silenced(kubernetes: KubernetesCluster, away: Set<string>) {
  const never = new Promise<never>(() => {});
  return new Proxy(kubernetes, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (!away.has(kubernetes.name)) return value.apply(target, args);
        if (name !== 'watch') return never;
        return (async function* hang() {
          yield await never;
        })();
      };
    },
  });
}

async function until(condition: () => unknown): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so: ${condition}`);
    await new Promise(resolve => {
      setTimeout(resolve, 10);
    });
  }
}

const addresses = (databases: readonly StoredDatabase[]) =>
  databases.map(({ ref }) => `${ref.kubernetesCluster}/${ref.namespace}`);

it('knows the databases of the others while one Kubernetes cluster hangs from the start', async () => {
  const away = new Set(['us-1']);
  const { inventory } = await setUp(away);
  await until(() => inventory.all().length === 1);
  const unreachable: string[] = [];
  const onUnreachable = (name: string) => unreachable.push(name);
  expect(addresses(await inventory.list({ onUnreachable }))).toEqual([
    'eu-1/orders',
  ]);
  expect(unreachable).toEqual(['us-1']);
  const ref = { kubernetesCluster: 'eu-1', namespace: 'orders' };
  expect(addresses([await inventory.get(ref)])).toEqual(['eu-1/orders']);
});

it('keeps in mind the databases of one that falls silent, and lists them no more until it is back', async () => {
  const away = new Set<string>();
  const { inventory, started } = await setUp(away);
  await started;
  expect(addresses(await inventory.list())).toEqual([
    'eu-1/orders',
    'us-1/orders',
  ]);
  away.add('us-1');
  const unreachable: string[] = [];
  const listed = async () =>
    addresses(
      await inventory.list({ onUnreachable: it => unreachable.push(it) }),
    );
  await until(async () => (await listed()).length === 1);
  expect(unreachable).toContain('us-1');
  expect(addresses(inventory.all())).toEqual(['eu-1/orders', 'us-1/orders']);
  const ref = { kubernetesCluster: 'us-1', namespace: 'orders' };
  expect(addresses([await inventory.get(ref)])).toEqual(['us-1/orders']);
  away.clear();
  await until(async () => (await listed()).length === 2);
});

it('lists databases by name, whichever was there first', async () => {
  const { inventory, clusters, started } = await setUp(new Set());
  await started;
  await clusters[0].apply(namespace('invoices'));
  await until(() => inventory.all().length === 3);
  expect(addresses(await inventory.list())).toEqual([
    'eu-1/invoices',
    'eu-1/orders',
    'us-1/orders',
  ]);
});

it('asks for a database that it does not know', async () => {
  const { inventory, started } = await setUp(new Set());
  await started;
  const ref = { kubernetesCluster: 'us-1', namespace: 'new' };
  await expect(inventory.get(ref)).rejects.toThrow('asked us-1 itself');
});

it('asks for all specs at once at the start, and for one when its database changes', async () => {
  const texts = new Map([['orders', 'its spec']]);
  const listTexts = jest.fn(async () => texts);
  const readFrom = jest.fn(
    async ({ name }: KubernetesCluster, { metadata }: KubernetesObject) =>
      ({
        ref: { kubernetesCluster: name, namespace: metadata.name },
        state: 'ready',
      } as StoredDatabase),
  );
  const { inventory, started } = await setUp(new Set(), {
    listTexts,
    readFrom,
  });
  expect(inventory.isTakenIn('eu-1')).toBe(false);
  expect(inventory.entries()).toEqual([]);
  await started;
  expect(inventory.isTakenIn('eu-1')).toBe(true);
  expect(inventory.entries()).toHaveLength(2);
  expect(listTexts).toHaveBeenCalledTimes(2);
  expect(readFrom.mock.calls.map(([, , given]: any[]) => given)).toEqual([
    texts,
    texts,
  ]);
  inventory.unsettle({ kubernetesCluster: 'eu-1', namespace: 'orders' });
  await until(() => readFrom.mock.calls.length === 3);
  expect(readFrom.mock.calls[2]).toEqual([
    expect.anything(),
    expect.anything(),
    undefined,
  ]);
  expect(listTexts).toHaveBeenCalledTimes(2);
});

it('tells of a database that cannot be read, until it can be', async () => {
  let isBroken = true;
  const readFrom = jest.fn(
    async ({ name }: KubernetesCluster, { metadata }: KubernetesObject) => {
      if (isBroken && name === 'us-1') throw new NotFoundError('no YAML');
      return {
        ref: { kubernetesCluster: name, namespace: metadata.name },
        state: 'ready',
      } as StoredDatabase;
    },
  );
  const { inventory, started } = await setUp(new Set(), { readFrom });
  await started;
  const told: object[] = [];
  const onUnreadable = (database: object) => told.push(database);
  expect(addresses(await inventory.list({ onUnreadable }))).toEqual([
    'eu-1/orders',
  ]);
  expect(told).toEqual([
    {
      ref: { kubernetesCluster: 'us-1', namespace: 'orders' },
      name: 'orders',
      state: 'ready',
      why: 'no YAML',
    },
  ]);
  isBroken = false;
  inventory.unsettle({ kubernetesCluster: 'us-1', namespace: 'orders' });
  await until(async () => (await inventory.list()).length === 2);
  told.length = 0;
  await inventory.list({ onUnreadable });
  expect(told).toEqual([]);
});
