import type { StoredDatabase } from '../databases/Databases';
import { discoverPlatform } from '../platform';
import {
  createHarness,
  provisioned,
  REF,
  type Harness,
} from '../provisioning/__testUtils__/harness';
import { readDrift } from './readDrift';

let harness: Harness;
let database: StoredDatabase;

beforeEach(async () => {
  harness = createHarness();
  await provisioned(harness);
  database = await harness.databases.get(REF);
});

const kubectl = () => harness.kubernetes.as('kubectl-edit', { force: true });

async function drifted() {
  const { kubernetes } = harness;
  const platform = await discoverPlatform({ kubernetes, defaults: {} });
  const all = await readDrift(kubernetes, database, platform);
  return all.filter(({ drift }) => drift.length > 0);
}

it('finds none in a database as it was provisioned', async () => {
  expect(await drifted()).toEqual([]);
});

it('gives every manifest as it is applied, and none of a Secret', async () => {
  const { kubernetes } = harness;
  const platform = await discoverPlatform({ kubernetes, defaults: {} });
  const all = await readDrift(kubernetes, database, platform);
  expect(all.map(({ object }) => object)).toEqual([
    'Namespace orders',
    'ConfigMap orders/orders-gateway',
    'Service orders/orders',
    'StatefulSet orders/orders',
  ]);
  expect(all[3].yaml).toContain('app.kubernetes.io/managed-by: ringfence');
});

it('says which field somebody changed, and who that is', async () => {
  const { kubernetes } = harness;
  const live = await harness.read('ConfigMap', 'orders-gateway');
  await kubectl().apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'orders-gateway', namespace: 'orders' },
    data: { motto: 'let them in', theirs: 'is not ours to judge' },
  });
  expect(await drifted()).toEqual([
    {
      object: 'ConfigMap orders/orders-gateway',
      yaml: expect.stringContaining('motto: hold the line'),
      drift: [
        {
          field: 'data.motto',
          wanted: 'hold the line',
          found: 'let them in',
          manager: 'kubectl-edit',
        },
      ],
    },
  ]);
  const after = await kubernetes.get({ ...live!, ...live!.metadata });
  expect(after?.data.motto).toBe('let them in');
});

it('says which objects are missing, Secrets among them', async () => {
  const remove = (kind: string, name: string) =>
    harness.kubernetes.delete({
      apiVersion: 'v1',
      kind,
      name,
      namespace: 'orders',
    });
  await remove('Service', 'orders');
  await remove('Secret', 'orders-login');
  const missing = (await drifted()).filter(({ drift }) => !drift[0].field);
  expect(missing.map(({ object }) => object)).toEqual([
    'Secret orders/orders-login',
    'Service orders/orders',
  ]);
});

it('leaves out what depends on the address of a gateway that has none now', async () => {
  await harness.kubernetes.delete({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'orders-status',
    namespace: 'orders',
  });
  expect(await drifted()).toEqual([]);
});

it('says of a spec that somebody has changed that it was, and nothing of what follows from it', async () => {
  const spec = 'data: not what was provisioned';
  await kubectl().apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ringfence', namespace: 'orders' },
    data: { 'spec.yaml': spec },
  });
  await harness.kubernetes.delete({
    apiVersion: 'v1',
    kind: 'Service',
    name: 'orders',
    namespace: 'orders',
  });
  expect(await drifted()).toEqual([
    {
      object: 'ConfigMap orders/ringfence',
      yaml: expect.any(String),
      drift: [
        {
          field: 'data.spec.yaml',
          wanted: expect.stringMatching(/^sha256 [0-9a-f]{64}$/),
          found: expect.stringMatching(/^sha256 [0-9a-f]{64}$/),
          manager: 'kubectl-edit',
        },
      ],
    },
  ]);
});

it('says that a field cannot be put back where the API server refuses it', async () => {
  const { kubernetes } = harness;
  const platform = await discoverPlatform({ kubernetes, defaults: {} });
  const blueprint = {
    ...database.blueprint,
    stages: () => [
      {
        name: 'broken',
        title: 'Broken',
        waits: [],
        manifests: () => [
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: {
              name: 'orders-gateway',
              namespace: 'orders',
              labels: { k: 'not a label value' },
            },
          },
        ],
      },
    ],
  };
  const [{ drift }] = await readDrift(
    kubernetes,
    { ...database, blueprint },
    platform,
  );
  expect(drift).toEqual([
    { field: 'spec', found: expect.stringContaining('cannot be put back: ') },
  ]);
});
