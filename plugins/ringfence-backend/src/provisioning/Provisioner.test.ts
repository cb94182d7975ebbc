import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import {
  ADDRESS,
  changes,
  createHarness,
  done,
  failed,
  lastOf,
  provisioned,
  REF,
  until,
  type Harness,
  type Running,
} from './__testUtils__/harness';

const waiting = (running: Running) => () =>
  running.events.some(({ type }) => type === 'waiting');

describe('Provisioner.provision', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = createHarness();
  });

  it('creates a database stage by stage and says where it is', async () => {
    const running = harness.provision();
    await until(waiting(running));
    expect(await harness.databases.list()).toMatchObject([
      { ref: REF, state: 'provisioning' },
    ]);
    await harness.status({ address: ADDRESS });
    const events = await running.ended;

    expect(changes(events)).toEqual([
      'created Namespace orders',
      'created ConfigMap orders/ringfence',
      'configured Namespace orders',
      'created Secret orders/orders-login',
      'created ConfigMap orders/orders-gateway',
      'created Service orders/orders',
      'created StatefulSet orders/orders',
    ]);
    expect(
      events.flatMap(event => (event.type === 'stage' ? [event.stage] : [])),
    ).toEqual(['Namespace', 'Credentials', 'Gateway', 'Database']);
    expect(done(events)).toEqual({
      database: 'memory/orders',
      entityRef: 'resource:default/memory.orders',
      changed: true,
      gatewayAddresses: [ADDRESS],
      gatewayPorts: [9041],
      summary: 'Database "orders" is ready in memory/orders',
    });
    expect(await harness.databases.get(REF)).toMatchObject({ state: 'ready' });
  });

  it('hands what earlier stages found out to later ones', async () => {
    await provisioned(harness);
    const statefulSet = await harness.read('StatefulSet', 'orders', 'apps/v1');
    expect(statefulSet!.spec.template.metadata.annotations).toEqual({
      address: ADDRESS,
      login: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('labels every object as its own, and keeps the labels of the blueprint', async () => {
    await provisioned(harness);
    const namespace = await harness.read('Namespace', 'orders');
    expect(namespace!.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'ringfence',
      'ringfence.dev/database': 'orders',
      'istio.io/dataplane-mode': 'ambient',
    });
    expect(namespace!.metadata.annotations).toEqual({
      'ringfence.dev/owner': 'group:default/payments',
      'ringfence.dev/spec-sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const service = await harness.read('Service', 'orders');
    expect(service!.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'ringfence',
      'ringfence.dev/database': 'orders',
    });
  });

  it('changes nothing when run again, and says so', async () => {
    await provisioned(harness);
    const before = await harness.read('Namespace', 'orders');
    const events = await harness.provision().ended;

    expect(
      changes(events).filter(text => !text.startsWith('unchanged')),
    ).toEqual([]);
    expect(done(events)).toMatchObject({
      changed: false,
      gatewayAddresses: [ADDRESS],
      summary:
        'Nothing to change: database "orders" in memory/orders is as asked',
    });
    const after = await harness.read('Namespace', 'orders');
    expect(after!.metadata.resourceVersion).toBe(
      before!.metadata.resourceVersion,
    );
  });

  it('brings a database to a changed spec', async () => {
    await provisioned(harness);
    const events = await harness.provision({ motto: 'carry on' }).ended;
    expect(
      changes(events).filter(text => text.startsWith('configured')),
    ).toEqual([
      'configured ConfigMap orders/ringfence',
      'configured ConfigMap orders/orders-gateway',
    ]);
    const { spec } = await harness.databases.get(REF);
    expect(spec).toMatchObject({ motto: 'carry on' });
  });

  it('deletes what a changed spec no longer wants', async () => {
    await provisioned(harness);
    const events = await harness.provision({ exposed: false }).ended;
    expect(changes(events)).toContain(
      'deleted ConfigMap orders/orders-gateway',
    );
    expect(await harness.read('ConfigMap', 'orders-gateway')).toBeUndefined();
    // Not ours, so not ours to delete.
    expect(await harness.read('ConfigMap', 'orders-status')).toBeDefined();
  });

  it('repairs what someone deleted', async () => {
    await provisioned(harness);
    await harness.kubernetes.delete({
      apiVersion: 'v1',
      kind: 'Service',
      name: 'orders',
      namespace: 'orders',
    });
    const events = await harness.provision().ended;
    expect(changes(events)).toContain('created Service orders/orders');
    expect(done(events).changed).toBe(true);
  });

  it.each([
    ['Namespace', 'orders'],
    ['ConfigMap', 'ringfence'],
    ['Secret', 'orders-login'],
    ['ConfigMap', 'orders-gateway'],
    ['Service', 'orders'],
    ['StatefulSet', 'orders'],
  ])('goes on after a failure at %s %s', async (kind, name) => {
    harness.hooks.interfere = (method, target) => {
      const hit =
        target.kind === kind && (target.metadata?.name ?? '') === name;
      if (hit && (method === 'apply' || method === 'create')) {
        throw new Error('the disk is full');
      }
    };
    const first = harness.provision();
    await Promise.race([until(waiting(first)), first.ended]);
    if (await harness.read('Namespace', 'orders')) {
      await harness.status({ address: ADDRESS });
    }
    const failure = failed(await first.ended);
    expect(failure.message).toContain(
      `${kind} ${
        kind === 'Namespace' ? '' : 'orders/'
      }${name}: the disk is full.`,
    );

    harness.hooks.interfere = () => {};
    const second = harness.provision();
    await Promise.race([until(waiting(second)), second.ended]);
    await harness.status({ address: ADDRESS });
    expect(done(await second.ended).changed).toBe(true);
    expect(await harness.databases.get(REF)).toMatchObject({ state: 'ready' });
  });

  it('goes on after an action that failed', async () => {
    harness.script.action = async () => {
      throw new Error('no node answers');
    };
    const first = harness.provision();
    await until(waiting(first));
    await harness.status({ address: ADDRESS });
    expect(failed(await first.ended)).toMatchObject({
      message: expect.stringMatching(
        /^Make the role: no node answers\. Run it again/,
      ),
      resumable: true,
    });
    harness.script.action = async () => 'Role orders_app is there';
    const events = await harness.provision().ended;
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'info',
        message: 'Role orders_app is there',
      }),
    );
  });

  it('says every ten seconds that a long action is under way', async () => {
    let finish = () => {};
    harness.script.action = () =>
      new Promise(resolve => {
        finish = () => resolve('repaired');
      });
    const running = harness.provision({ exposed: false });
    await until(() => lastOf(running.events)?.type === 'object');
    await harness.clock.advance(25_000);
    const { length } = running.events.filter(({ type }) => type === 'waiting');
    expect(length).toBe(2);
    expect(lastOf(running.events)).toMatchObject({
      wait: 'Make the role',
      why: 'under way',
      elapsedMs: 20_000,
    });
    finish();
    expect(done(await running.ended).changed).toBe(true);
  });

  it('names the other manager where one owns a field', async () => {
    await provisioned(harness);
    await harness.kubernetes.as('argocd', { force: true }).apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'orders-gateway', namespace: 'orders' },
      data: { motto: 'sync or sink' },
    } as Manifest);
    expect(failed(await harness.provision().ended)).toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('argocd'),
      remedy:
        'Have "argocd" give up these fields; who owns which: ' +
        'kubectl get ConfigMap orders-gateway -n orders -o yaml --show-managed-fields',
    });
  });

  it('puts no generated secret into any event, even where an error quotes one', async () => {
    const running = harness.provision();
    await until(waiting(running));
    const secret = await harness.read('Secret', 'orders-login');
    const values = Object.entries<string>(secret!.data)
      .filter(([key]) => key !== 'username')
      .flatMap(([, value]) => [value, Buffer.from(value, 'base64').toString()]);
    harness.hooks.interfere = (method, { kind }) => {
      if (method === 'apply' && kind === 'Service') {
        throw new Error(`Refused: ${values.join(' ')}`);
      }
    };
    await harness.status({ address: ADDRESS });
    const text = JSON.stringify(await running.ended);
    expect(values).toHaveLength(6);
    for (const value of values) expect(text).not.toContain(value);
    expect(text).toContain('Refused: [redacted]');
  });
});
