import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import {
  ACTOR,
  changes,
  createHarness,
  follow,
  lastOf,
  provisioned,
  REF,
  until,
  type Harness,
} from './__testUtils__/harness';

const ours = {
  'app.kubernetes.io/managed-by': 'ringfence',
  'ringfence.dev/database': 'orders',
};

describe('Provisioner.decommission', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = createHarness();
    await provisioned(harness);
    for (const extra of extras()) await harness.kubernetes.create(extra);
  });

  const decommission = (
    request: { confirm?: string; deleteVolumes?: boolean } = {},
    signal = new AbortController().signal,
  ) =>
    follow(
      harness.provisioner.decommission(
        REF,
        { confirm: 'orders', deleteVolumes: false, ...request },
        { signal, actor: ACTOR },
      ),
    );

  it('changes nothing unless the name is typed as it is', async () => {
    const events = await decommission({ confirm: 'order' }).ended;
    expect(events).toHaveLength(1);
    expect(lastOf(events)).toMatchObject({
      type: 'failed',
      name: 'InputError',
      message:
        'confirm: is "order", not the name of this database. Type orders.',
      resumable: false,
    });
  });

  it('keeps volumes, CA, credentials and spec, and takes the rest down', async () => {
    const events = await decommission().ended;
    expect(changes(events)).toEqual([
      'deleted StatefulSet orders/orders',
      'deleted Service orders/orders',
      'deleted ConfigMap orders/orders-gateway',
      'deleted Certificate orders/orders-tls',
      'deleted Secret orders/orders-tls',
      'kept ConfigMap orders/ringfence',
      'kept Certificate orders/orders-ca',
    ]);
    expect(lastOf(events)).toMatchObject({
      type: 'done',
      outcome: {
        changed: true,
        summary:
          'Database "orders" is taken down; its volumes, CA, credentials and spec stay in memory/orders',
      },
    });
    expect(await harness.databases.get(REF)).toMatchObject({
      state: 'retained',
    });
    for (const [kind, name] of [
      ['PersistentVolumeClaim', 'data-orders-0'],
      ['Secret', 'orders-login'],
      ['Secret', 'orders-ca'],
      ['ConfigMap', 'notes'],
    ]) {
      expect(await harness.read(kind, name)).toBeDefined();
    }
  });

  it('is taken up again by provisioning, with the credentials it had', async () => {
    const before = await harness.read('Secret', 'orders-login');
    await decommission().ended;
    const events = await harness.provision().ended;
    expect(changes(events)).toContain('created StatefulSet orders/orders');
    expect(lastOf(events).type).toBe('done');
    const after = await harness.read('Secret', 'orders-login');
    expect(after!.data).toEqual(before!.data);
    expect(await harness.databases.get(REF)).toMatchObject({ state: 'ready' });
  });

  it('has nothing to do the second time', async () => {
    await decommission().ended;
    const events = await decommission().ended;
    expect(lastOf(events)).toMatchObject({
      type: 'done',
      outcome: {
        changed: false,
        summary:
          'Nothing to do: database "orders" in memory/orders is taken down already',
      },
    });
  });

  it('waits until the last node has stopped, and keeps the fence until then', async () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'orders', namespace: 'orders', labels: ours },
      spec: { podSelector: {} },
    };
    await harness.kubernetes.create(policy);
    await harness.kubernetes.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'orders-0',
        namespace: 'orders',
        labels: { 'app.kubernetes.io/instance': 'orders' },
      },
      spec: { containers: [{ name: 'main', image: 'test:1' }] },
    });
    const running = decommission();
    await until(() => running.events.some(({ type }) => type === 'waiting'));
    expect(lastOf(running.events)).toMatchObject({
      wait: 'Pods of database orders/orders are gone',
      why: 'still there: orders-0',
    });
    const kept = () =>
      harness.read('NetworkPolicy', 'orders', policy.apiVersion);
    expect(await kept()).toBeDefined();
    await harness.kubernetes.delete({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'orders',
      name: 'orders-0',
    });
    await harness.clock.advance(1000);
    expect(lastOf(await running.ended).type).toBe('done');
    expect(await kept()).toBeUndefined();
  });

  it('goes on after a failure in the middle', async () => {
    harness.hooks.interfere = (method, { kind }) => {
      if (method === 'delete' && kind === 'Service') throw new Error('no');
    };
    expect(lastOf(await decommission().ended)).toMatchObject({
      type: 'failed',
      message: expect.stringMatching(/^Service orders\/orders: no\./),
      resumable: true,
    });
    expect(await harness.databases.get(REF)).toMatchObject({
      state: 'decommissioning',
    });
    harness.hooks.interfere = () => {};
    const events = await decommission().ended;
    expect(changes(events)).toContain('deleted Service orders/orders');
    expect(lastOf(events).type).toBe('done');
  });

  it('deletes the Namespace and waits until it is gone where volumes go too', async () => {
    const events = await decommission({ deleteVolumes: true }).ended;
    expect(changes(events)).toEqual(['deleted Namespace orders']);
    expect(lastOf(events)).toMatchObject({
      type: 'done',
      outcome: {
        changed: true,
        summary: 'Database "orders" and everything in memory/orders is deleted',
      },
    });
    expect(await harness.read('Namespace', 'orders')).toBeUndefined();
    expect(await harness.databases.list()).toEqual([]);
  });

  it('touches no namespace that Ringfence does not manage', async () => {
    await harness.kubernetes.as('kubectl').create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'theirs' },
    });
    const events = await follow(
      harness.provisioner.decommission(
        { kubernetesCluster: 'memory', namespace: 'theirs' },
        { confirm: 'theirs', deleteVolumes: true },
        { signal: new AbortController().signal, actor: ACTOR },
      ),
    ).ended;
    expect(lastOf(events)).toMatchObject({
      type: 'failed',
      name: 'NotFoundError',
    });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'theirs' };
    expect(await harness.kubernetes.get(namespace)).toBeDefined();
  });
});

/** What the test blueprint does not make and a real one, its controllers and its users do. */
function extras(): Manifest[] {
  const object = (
    apiVersion: string,
    kind: string,
    name: string,
    content: object,
    labels?: Record<string, string>,
  ): Manifest => ({
    apiVersion,
    kind,
    metadata: { name, namespace: 'orders', labels },
    ...content,
  });
  const certificate = (name: string, isCA: boolean) =>
    object(
      'cert-manager.io/v1',
      'Certificate',
      name,
      { spec: { secretName: name, isCA, issuerRef: { name: 'x' } } },
      ours,
    );
  return [
    object('v1', 'PersistentVolumeClaim', 'data-orders-0', {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '10Gi' } },
      },
    }),
    certificate('orders-ca', true),
    certificate('orders-tls', false),
    object('v1', 'Secret', 'orders-ca', { data: {} }),
    object('v1', 'Secret', 'orders-tls', { data: {} }),
    object('v1', 'ConfigMap', 'notes', { data: { text: 'not ours' } }),
  ];
}
