import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import {
  ACTOR,
  changes,
  createHarness,
  done,
  failed,
  follow,
  provisioned,
  REF,
  SPEC,
  until,
  type Harness,
} from './__testUtils__/harness';

let harness: Harness;

beforeEach(async () => {
  harness = createHarness();
  await provisioned(harness);
});

const startRepair = (signal = new AbortController().signal) =>
  follow(harness.provisioner.repair(REF, { signal, actor: ACTOR }));
const repair = (): Promise<ProvisioningEvent[]> => startRepair().ended;

const meddle = (motto: string) =>
  harness.kubernetes.as('kubectl-edit', { force: true }).apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'orders-gateway', namespace: 'orders' },
    data: { motto, theirs: '1' },
  });
const remove = (kind: string, name: string, apiVersion = 'v1') =>
  harness.kubernetes.delete({ apiVersion, kind, name, namespace: 'orders' });

it('changes nothing in a database that is as its spec says', async () => {
  const events = await repair();
  expect(changes(events)).toEqual([]);
  expect(done(events)).toMatchObject({
    changed: false,
    gatewayAddresses: ['10.0.0.7'],
    summary: 'Nothing to repair: database "orders" is as its spec says',
  });
});

it('puts back the drifted field and leaves what is not its own', async () => {
  await meddle('let them in');
  const events = await repair();
  expect(changes(events)).toEqual([
    'configured ConfigMap orders/orders-gateway',
  ]);
  expect(done(events)).toMatchObject({
    changed: true,
    summary: '1 object is put back',
  });
  const { data } = (await harness.read('ConfigMap', 'orders-gateway'))!;
  expect(data).toEqual({ motto: 'hold the line', theirs: '1' });
});

it('owns the field again, so that whoever took it would have to force it once more', async () => {
  await meddle('let them in');
  await repair();
  await expect(
    harness.kubernetes.as('kubectl-edit').apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'orders-gateway', namespace: 'orders' },
      data: { motto: 'let them in' },
    }),
  ).rejects.toMatchObject({ managers: ['ringfence'] });
});

it('makes what is missing, and brings its stage to its end', async () => {
  let acted = 0;
  harness.script.action = async () => {
    acted += 1;
    return 'Role orders_app is there';
  };
  await remove('StatefulSet', 'orders', 'apps/v1');
  const events = await repair();
  expect(changes(events)).toEqual(['created StatefulSet orders/orders']);
  expect(acted).toBe(1);
});

it('waits for the address of a gateway that it made again, before what names the address', async () => {
  await remove('ConfigMap', 'orders-gateway');
  await remove('ConfigMap', 'orders-status');
  const running = startRepair();
  await until(() => running.events.some(({ type }) => type === 'waiting'));
  await harness.status({ address: '10.0.0.8' });
  expect(changes(await running.ended)).toEqual([
    'created ConfigMap orders/orders-gateway',
    'configured StatefulSet orders/orders',
  ]);
});

it('refuses where a Secret is gone: what was in it is known to nobody', async () => {
  await remove('Secret', 'orders-login');
  await meddle('let them in');
  const events = await repair();
  expect(failed(events)).toMatchObject({
    name: 'NotFoundError',
    message: expect.stringContaining('Secret "orders/orders-login" is gone'),
    resumable: false,
  });
  expect(changes(events)).toEqual([]);
});

it.each([
  ['is being decommissioned', 'decommissioning'],
  ['has not been provisioned to its end', 'provisioning'],
])('refuses a database that %s', async (words, state) => {
  await harness.kubernetes.as('test', { force: true }).apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'orders', annotations: { 'ringfence.dev/state': state } },
  });
  expect(failed(await repair())).toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining(words),
  });
});

it.each([
  ['another namespace', { namespace: 'payroll' }],
  ['another name', { name: 'payroll' }],
  ['another owner', { owner: 'user:default/mallory' }],
])(
  'follows no spec into which somebody has written %s',
  async (_what, changed) => {
    await harness.kubernetes.as('kubectl-edit', { force: true }).apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ringfence', namespace: 'orders' },
      data: { 'spec.yaml': JSON.stringify({ ...SPEC, ...changed }) },
    });
    const applied: string[] = [];
    harness.hooks.interfere = (method, { kind }) => {
      if (method === 'apply') applied.push(kind);
    };
    expect(failed(await repair())).toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(`"${Object.values(changed)[0]}"`),
    });
    expect(applied).toEqual([]);
  },
);

const writeSpec = (changed: object) =>
  harness.kubernetes.as('kubectl-edit', { force: true }).apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ringfence', namespace: 'orders' },
    data: { 'spec.yaml': JSON.stringify({ ...SPEC, ...changed }) },
  });

describe('a spec that somebody has changed in its own namespace', () => {
  beforeEach(() => writeSpec({ motto: 'let them in' }));

  it('is not followed', async () => {
    const events = await repair();
    expect(failed(events)).toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        'The stored spec of database "orders" was changed by somebody else',
      ),
    });
    expect(changes(events)).toEqual([]);
  });

  it('is followed once it was provisioned', async () => {
    await harness.provision({ motto: 'let them in' }).ended;
    expect(changes(await repair())).toEqual([]);
  });

  it('is undone by provisioning the spec that was there before', async () => {
    await harness.provision().ended;
    expect(done(await repair())).toMatchObject({ changed: false });
    const { data } = (await harness.read('ConfigMap', 'orders-gateway'))!;
    expect(data.motto).toBe('hold the line');
  });

  it('is taken as it is where the Namespace is of a version that named none', async () => {
    const forced = harness.kubernetes.as('ringfence', { force: true });
    const { metadata } = (await harness.read('Namespace', 'orders'))!;
    const { 'ringfence.dev/spec-sha256': _, ...annotations } =
      metadata.annotations!;
    await forced.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'orders', labels: metadata.labels, annotations },
    });
    expect(changes(await repair())).toEqual([
      'configured ConfigMap orders/orders-gateway',
    ]);
  });
});

it('says what was provisioned also after it has put the Namespace back', async () => {
  await harness.kubernetes.as('kubectl-edit', { force: true }).apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'orders', labels: { 'istio.io/dataplane-mode': 'none' } },
  });
  const sha256 = async () =>
    (await harness.read('Namespace', 'orders'))?.metadata.annotations?.[
      'ringfence.dev/spec-sha256'
    ];
  const before = await sha256();
  expect(changes(await repair())).toEqual(['configured Namespace orders']);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await sha256()).toBe(before);
});

it('takes no nodes away', async () => {
  await meddle('let them in');
  await harness.kubernetes.as('kubectl-scale', { force: true }).apply({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'orders', namespace: 'orders' },
    spec: { replicas: 7 },
  });
  const events = await repair();
  expect(failed(events)).toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining('runs 7 nodes and the spec says'),
  });
  expect(changes(events)).toEqual([]);
});

it('refuses while somebody else changes the database', async () => {
  const provisioning = harness.provision({ ...SPEC, motto: 'stand fast' });
  harness.hooks.interfere = (_, { metadata }) =>
    metadata?.name === 'orders-gateway' ? new Promise(() => {}) : undefined;
  await until(async () => {
    const lease = await harness.read(
      'Lease',
      'ringfence',
      'coordination.k8s.io/v1',
    );
    return !!lease?.spec?.holderIdentity;
  });
  await harness.kubernetes.as('test', { force: true }).apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'orders', annotations: { 'ringfence.dev/state': '' } },
  });
  expect(failed(await repair()).message).toContain('one run at a time');
  void provisioning;
});

it('follows the spec that is there once nobody else changes the database', async () => {
  let isFirst = true;
  harness.hooks.interfere = async (method, target) => {
    if (!isFirst || method !== 'get' || target.kind !== 'Lease') return;
    isFirst = false;
    await harness.provision({ motto: 'another one' }).ended;
  };
  expect(changes(await repair())).toEqual([]);
  const { data } = (await harness.read('ConfigMap', 'orders-gateway'))!;
  expect(data.motto).toBe('another one');
});

it('goes on where it was dropped', async () => {
  await remove('ConfigMap', 'orders-gateway');
  await remove('ConfigMap', 'orders-status');
  const controller = new AbortController();
  const running = startRepair(controller.signal);
  await until(() => running.events.some(({ type }) => type === 'waiting'));
  controller.abort(new Error('socket closed'));
  expect(failed(await running.ended)).toMatchObject({ resumable: true });
  await harness.status({ address: '10.0.0.8' });
  expect(changes(await repair())).toEqual([
    'configured StatefulSet orders/orders',
  ]);
});
