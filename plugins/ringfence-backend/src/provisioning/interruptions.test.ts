import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import {
  ADDRESS,
  changes,
  createHarness,
  done,
  failed,
  lastOf,
  SPEC,
  until,
  type Harness,
  type Running,
} from './__testUtils__/harness';

const LEASES = 'coordination.k8s.io/v1';

const waiting = (running: Running) => () =>
  running.events.some(({ type }) => type === 'waiting');

describe('a run that is interrupted', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = createHarness();
  });

  it('stops at a cancel with what exists so far, deletes nothing and frees the Lease', async () => {
    const controller = new AbortController();
    const running = harness.provision({}, { signal: controller.signal });
    await until(waiting(running));
    const cancelled = new Error('cancelled');
    cancelled.name = 'CancelledError';
    controller.abort(cancelled);

    expect(failed(await running.ended)).toEqual({
      at: expect.any(String),
      type: 'failed',
      name: 'CancelledError',
      message:
        'Cancelled. Stopped after ConfigMap orders/orders-gateway; objects so far: 4 created, 1 configured. ' +
        'Nothing was deleted because of it. Run it again with the same input: it goes on from here.',
      remedy: expect.stringContaining('Run it again'),
      resumable: true,
    });
    expect(await harness.read('ConfigMap', 'orders-gateway')).toBeDefined();
    await harness.status({ address: ADDRESS });
    expect(done(await harness.provision().ended).changed).toBe(true);
  });

  it('stops within two seconds of a drop even where a call hangs', async () => {
    const controller = new AbortController();
    let hangs = false;
    harness.hooks.interfere = (_, { metadata }) => {
      if (metadata?.name !== 'orders-gateway') return undefined;
      hangs = true;
      return new Promise(() => {});
    };
    const running = harness.provision({}, { signal: controller.signal });
    await until(() => hangs);
    controller.abort(new Error('socket closed'));
    await harness.clock.advance(2000);
    expect(failed(await running.ended)).toMatchObject({
      name: 'InterruptedError',
      message: expect.stringMatching(
        /^The connection was dropped\. Stopped after Secret orders\/orders-login;/,
      ),
      resumable: true,
    });
  });

  it('finishes the object at hand before it stops', async () => {
    const controller = new AbortController();
    harness.hooks.interfere = (method, { metadata }) => {
      if (method === 'apply' && metadata?.name === 'orders-gateway') {
        controller.abort(new Error('socket closed'));
      }
    };
    const events = await harness.provision({}, { signal: controller.signal })
      .ended;
    expect(changes(events)).toContain(
      'created ConfigMap orders/orders-gateway',
    );
    expect(failed(events).message).toContain(
      'Stopped after ConfigMap orders/orders-gateway',
    );
  });

  it('stops when nobody reads its events any more', async () => {
    const iterator = harness.provisioner
      .provision(SPEC, {
        signal: new AbortController().signal,
        actor: 'user:default/ada',
      })
      [Symbol.asyncIterator]();
    for (;;) {
      const { value } = await iterator.next();
      if (value.type === 'waiting') break;
    }
    await iterator.return!();
    const lease = await harness.read('Lease', 'ringfence', LEASES);
    expect(lease!.spec?.holderIdentity).toBeUndefined();
  });

  it('is patient with an API server that goes away in the middle, and shows it', async () => {
    let away = 3;
    harness.hooks.interfere = (method, { kind }) => {
      if (method === 'apply' && kind === 'StatefulSet' && away > 0) {
        away -= 1;
        throw new ServiceUnavailableError(
          'connect ECONNREFUSED 127.0.0.1:6443',
        );
      }
    };
    const running = harness.provision();
    await until(waiting(running));
    await harness.status({ address: ADDRESS });
    await until(() => away === 2);
    await harness.clock.advance(5000);
    const events = await running.ended;
    expect(done(events).changed).toBe(true);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'waiting',
        wait: 'Kubernetes cluster "memory" answers',
        why: 'connect ECONNREFUSED 127.0.0.1:6443',
      }),
    );
  });

  it.each([
    ['waits until it allows again, where it was away', true, 'done'],
    ['takes it at its word, where it was not', false, 'failed'],
  ])(
    'of an API server that refuses what it allowed %s',
    async (_name, wasAway, end) => {
      const answers = [
        ...(wasAway ? [new ServiceUnavailableError('no route')] : []),
        new NotAllowedError('not yet ready to handle request'),
      ];
      harness.hooks.interfere = (method, { kind }) => {
        const isMeant = method === 'apply' && kind === 'StatefulSet';
        const error = isMeant && answers.shift();
        if (error) throw error;
      };
      const running = harness.provision();
      await until(waiting(running));
      await harness.status({ address: ADDRESS });
      await until(() => lastOf(running.events).type !== 'object');
      await harness.clock.advance(5000);
      expect(lastOf(await running.ended).type).toBe(end);
      expect(answers).toEqual([]);
    },
  );

  it('gives up on an API server that stays away, and can be resumed', async () => {
    harness.hooks.interfere = (_, { kind }) => {
      if (kind === 'StatefulSet') throw new ServiceUnavailableError('no route');
    };
    const running = harness.provision();
    await until(waiting(running));
    await harness.status({ address: ADDRESS });
    await until(() => lastOf(running.events).type === 'waiting');
    await harness.clock.advance(120_000);
    expect(failed(await running.ended)).toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringMatching(/^StatefulSet orders\/orders: no route\./),
      remedy: expect.stringContaining('reaches the API server'),
      resumable: true,
    });
  });
});
