import { ServiceUnavailableError } from '@backstage/errors';
import {
  createHarness,
  lastOf,
  until,
  type Harness,
} from './__testUtils__/harness';

const LEASES = 'coordination.k8s.io/v1';

describe('the Lease of a database', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = createHarness();
  });

  const start = async (actor: string) => {
    const running = harness.provision({}, { actor });
    await until(() => running.events.some(({ type }) => type === 'waiting'));
    return running;
  };
  const lease = () => harness.read('Lease', 'ringfence', LEASES);

  it('tells the second of two runs who holds it and since when', async () => {
    const first = await start('user:default/ada');
    const second = lastOf(
      await harness.provision({}, { actor: 'user:default/bob' }).ended,
    );
    expect(second).toMatchObject({
      type: 'failed',
      name: 'ConflictError',
      message: expect.stringMatching(
        /^Database "orders" in namespace "orders" of Kubernetes cluster "memory" is being changed by "user:default\/ada" since 2026-11-22T10:00:00\.000000Z: one run at a time\. Run again when that has ended/,
      ),
      resumable: false,
    });
    await harness.status({ address: '10.0.0.7' });
    expect(lastOf(await first.ended).type).toBe('done');
  });

  it('lets one of two that begin at the same moment through', async () => {
    const runs = ['ada', 'bob', 'eve'].map(name =>
      harness.provision({}, { actor: `user:default/${name}` }),
    );
    const ended = () =>
      runs.filter(({ events }) => events.some(({ type }) => type === 'failed'));
    await until(() => ended().length === 2);
    await harness.status({ address: '10.0.0.7' });
    const last = await Promise.all(runs.map(run => run.ended.then(lastOf)));
    expect(last.map(({ type }) => type).sort()).toEqual([
      'done',
      'failed',
      'failed',
    ]);
  });

  it('is renewed while the run goes on', async () => {
    await start('user:default/ada');
    await harness.clock.advance(60_000);
    expect((await lease())!.spec.renewTime).toBe('2026-11-22T10:01:00.000000Z');
    const second = lastOf(await harness.provision().ended);
    expect(second).toMatchObject({ type: 'failed', name: 'ConflictError' });
  });

  it('is waited for when its holder has fallen silent, and taken over when it expires', async () => {
    await harness.kubernetes.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'orders',
        labels: {
          'app.kubernetes.io/managed-by': 'ringfence',
          'ringfence.dev/database': 'orders',
        },
        annotations: { 'ringfence.dev/owner': 'group:default/payments' },
      },
    });
    await harness.kubernetes.apply({
      apiVersion: LEASES,
      kind: 'Lease',
      metadata: { name: 'ringfence', namespace: 'orders' },
      spec: {
        holderIdentity: 'user:default/gone_0123456789ab',
        leaseDurationSeconds: 15,
        acquireTime: '2026-11-22T09:50:00.000000Z',
        renewTime: '2026-11-22T09:59:50.000000Z',
        leaseTransitions: 4,
      },
    });
    const running = await start('user:default/ada');
    expect(running.events).toContainEqual(
      expect.objectContaining({
        type: 'waiting',
        wait: 'Lease "orders/ringfence" is free',
        why: '"user:default/gone" has not renewed it for 10 s; it expires after 15 s',
      }),
    );
    await harness.clock.advance(6000);
    expect((await lease())!.spec).toMatchObject({
      holderIdentity: expect.stringMatching(/^user:default\/ada_[0-9a-f]{12}$/),
      leaseTransitions: 5,
    });
    await harness.status({ address: '10.0.0.7' });
    expect(lastOf(await running.ended).type).toBe('done');
  });

  it('tells a run that waits of an API server that is away, and stays its own', async () => {
    const running = await start('user:default/ada');
    let away = true;
    harness.hooks.interfere = (_, { kind }) => {
      if (away && kind === 'Lease') {
        throw new ServiceUnavailableError(
          'connect ECONNREFUSED 127.0.0.1:6443',
        );
      }
    };
    await harness.clock.advance(6000);
    expect(running.events).toContainEqual(
      expect.objectContaining({
        type: 'waiting',
        wait: 'Kubernetes cluster "memory" answers',
        why: 'connect ECONNREFUSED 127.0.0.1:6443',
      }),
    );
    away = false;
    await harness.status({ address: '10.0.0.7' });
    expect(lastOf(await running.ended).type).toBe('done');
  });

  it('stops the run that has lost it', async () => {
    const running = await start('user:default/ada');
    const { metadata, spec } = (await lease())!;
    await harness.kubernetes.apply({
      apiVersion: LEASES,
      kind: 'Lease',
      metadata: {
        name: 'ringfence',
        namespace: 'orders',
        resourceVersion: metadata.resourceVersion,
      },
      spec: { ...spec, holderIdentity: 'user:default/bob_0123456789ab' },
    });
    await harness.clock.advance(6000);
    expect(lastOf(await running.ended)).toMatchObject({
      type: 'failed',
      name: 'LeaseLostError',
      message: expect.stringContaining(
        'Lease "orders/ringfence" was lost to "user:default/bob"',
      ),
    });
    expect((await lease())!.spec.holderIdentity).toBe(
      'user:default/bob_0123456789ab',
    );
  });

  it('is free again after the run, whatever came of it', async () => {
    const running = await start('user:default/ada');
    await harness.status({ broken: 'no address pool' });
    expect(lastOf(await running.ended).type).toBe('failed');
    expect((await lease())!.spec?.holderIdentity).toBeUndefined();
  });
});
