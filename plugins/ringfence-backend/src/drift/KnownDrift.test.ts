import { mockServices } from '@backstage/backend-test-utils';
import type {
  KubernetesCluster,
  ObjectRef,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../databases/Databases';
import { liveObjects } from '../observing/ObjectSource';
import { discoverPlatform } from '../platform';
import {
  createHarness,
  provisioned,
  REF,
  type Harness,
} from '../provisioning/__testUtils__/harness';
import { KnownDrift } from './KnownDrift';

const HOUR_MS = 60 * 60_000;

let harness: Harness;
let database: StoredDatabase;
let platform: Platform;

beforeEach(async () => {
  harness = createHarness();
  await provisioned(harness);
  database = await harness.databases.get(REF);
  const { kubernetes } = harness;
  platform = await discoverPlatform({ kubernetes, defaults: {} });
});

/** Looks for drift as often as wanted; watches follow all kinds but ConfigMaps and Secrets. */
function setUp() {
  let nowMs = Date.UTC(2026, 5, 1);
  const clock = () => new Date(nowMs);
  const { kubernetes } = harness;
  const asked: string[] = [];
  const counted = new Proxy(kubernetes, {
    get(target, method) {
      const value = Reflect.get(target, method);
      if (typeof value !== 'function') return value;
      return (...args: any[]) => {
        const { kind, name = args[0].metadata?.name } = args[0];
        asked.push(`${String(method)} ${kind} ${name}`);
        return value.apply(target, args);
      };
    },
  }) as unknown as KubernetesCluster;
  const versions = new Map<string, string>();
  const see = async (ref: ObjectRef) => {
    if (['ConfigMap', 'Secret'].includes(ref.kind)) return;
    const live = await kubernetes.get(ref);
    versions.set(
      `${ref.kind} ${ref.name}`,
      live ? live.metadata.resourceVersion! : 'absent',
    );
  };
  const watched = {
    ...liveObjects(kubernetes, clock),
    versionOf: ({ kind, name }: ObjectRef) => versions.get(`${kind} ${name}`),
  };
  const table = new Map<string, string>();
  const history = {
    readComparisons: async () => table.get('orders'),
    saveComparisons: async (_ref: unknown, text: string) => {
      table.set('orders', text);
    },
  };
  const create = () =>
    new KnownDrift({ history, clock, logger: mockServices.logger.mock() });
  let known = create();
  const of = (kind: string, name = 'orders') => ({
    apiVersion: kind === 'StatefulSet' ? 'apps/v1' : 'v1',
    kind,
    name,
    ...(kind !== 'Namespace' && { namespace: 'orders' }),
  });
  return {
    table,
    restart: () => (known = create()),
    asked,
    of,
    see,
    pass: (ms: number) => (nowMs += ms),
    async read() {
      await Promise.all(
        ['Namespace', 'Service', 'StatefulSet'].map(it => see(of(it))),
      );
      asked.length = 0;
      const all = await known.read(counted, database, platform, watched);
      return all.filter(({ drift }) => drift.length > 0);
    },
    dryRuns: () => asked.filter(line => line.startsWith('apply')).sort(),
  };
}

const kubectl = () => harness.kubernetes.as('kubectl-edit', { force: true });

const EDIT = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'orders', namespace: 'orders' },
  spec: { selector: { 'app.kubernetes.io/instance': 'theirs' } },
};

it('needs no dry run where objects are as they were applied, and reads what no watch follows', async () => {
  const { read, dryRuns, asked } = setUp();
  for (let i = 0; i < 2; i++) {
    expect(await read()).toEqual([]);
    expect(dryRuns()).toEqual([]);
    expect(asked.filter(line => !line.startsWith('get Secret'))).toEqual([
      'get ConfigMap ringfence',
      'get ConfigMap orders-status',
      'get ConfigMap orders-gateway',
    ]);
  }
});

it.each([
  ['a watch has told of', 'Service orders/orders', EDIT],
  [
    'no watch tells of',
    'ConfigMap orders/orders-gateway',
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'orders-gateway', namespace: 'orders' },
      data: { motto: 'let them in' },
    },
  ],
])(
  'finds a change that %s, and goes on finding it',
  async (_what, object, edit) => {
    const { read, dryRuns } = setUp();
    await read();
    await kubectl().apply(edit);
    const found = await read();
    expect(found.map(it => it.object)).toEqual([object]);
    expect(dryRuns()).toHaveLength(1);
    expect(await read()).toEqual(found);
    expect(dryRuns()).toEqual([]);
  },
);

it('says without asking that an object is not there any more', async () => {
  const { read, asked, of } = setUp();
  await read();
  await harness.kubernetes.delete(of('Service'));
  expect(await read()).toMatchObject([
    { object: 'Service orders/orders', drift: [{}] },
  ]);
  expect(asked.filter(line => line.includes('Service'))).toEqual([]);
});

it('asks again once in a day: what completes objects may have changed', async () => {
  const { read, dryRuns, pass } = setUp();
  await kubectl().apply(EDIT);
  const found = await read();
  pass(23 * HOUR_MS);
  await read();
  expect(dryRuns()).toEqual([]);
  pass(HOUR_MS);
  expect(await read()).toEqual(found);
  expect(dryRuns()).toEqual(['apply Service orders']);
});

it('compares an object anew of which another is wanted', async () => {
  const { read, dryRuns } = setUp();
  await read();
  const { blueprint } = database;
  database = {
    ...database,
    blueprint: {
      ...blueprint,
      stages: (...args) =>
        blueprint.stages(...args).map(stage => ({
          ...stage,
          manifests: observed =>
            stage
              .manifests(observed)
              .map(manifest =>
                manifest.kind === 'StatefulSet'
                  ? { ...manifest, spec: { ...manifest.spec, replicas: 5 } }
                  : manifest,
              ),
        })),
    },
  };
  expect((await read()).map(it => it.object)).toEqual([
    'StatefulSet orders/orders',
  ]);
  expect(dryRuns()).toEqual(['apply StatefulSet orders']);
});

it('knows after a restart what was compared before', async () => {
  const { read, restart, dryRuns } = setUp();
  await kubectl().apply(EDIT);
  const found = await read();
  expect(dryRuns()).toEqual(['apply Service orders']);
  restart();
  expect(await read()).toEqual(found);
  expect(dryRuns()).toEqual([]);
});

it.each(['', '[["Service"', '[["Service",{"drift":"none"}]]', '{}'])(
  'compares anew where "%s" was kept',
  async kept => {
    const { read, table, dryRuns } = setUp();
    await kubectl().apply(EDIT);
    const found = await read();
    table.set('orders', kept);
    expect(await read()).toEqual(found);
    expect(dryRuns()).toEqual(['apply Service orders']);
  },
);
