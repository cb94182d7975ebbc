import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import {
  createHarness,
  lastOf,
  until,
  type Harness,
  type Running,
} from './__testUtils__/harness';

describe('waits', () => {
  let harness: Harness;
  let running: Running;
  beforeEach(async () => {
    harness = createHarness();
    running = harness.provision();
    await until(() => said(running.events).length > 0);
  });

  it('says why it is not there yet whenever that changes', async () => {
    await harness.status({ why: 'no address pool' });
    await until(() => said(running.events).length === 2);
    await harness.status({ why: 'address is being assigned' });
    await until(() => said(running.events).length === 3);
    expect(said(running.events)).toEqual([
      'no status yet',
      'no address pool',
      'address is being assigned',
    ]);
  });

  it('says it again every ten seconds while nothing changes', async () => {
    await harness.clock.advance(31_000);
    const waiting = running.events.filter(isWaiting);
    expect(waiting.map(({ elapsedMs }) => elapsedMs)).toEqual([
      0, 10_000, 20_000, 30_000,
    ]);
    expect(waiting[3]).toMatchObject({
      wait: 'Gateway orders/orders has an address',
      why: 'no status yet',
    });
  });

  it('gives up after its time, with what it waited for, why, what to do and how to go on', async () => {
    await harness.status({ why: 'no address pool' });
    await harness.clock.advance(301_000);
    expect(lastOf(await running.ended)).toMatchObject({
      type: 'failed',
      name: 'TimeoutError',
      message:
        'Gateway orders/orders has an address: still not so after 5 min: no address pool. ' +
        'Look at: kubectl describe gateway -n orders. Run it again with the same input: it goes on from here.',
      remedy: 'Look at: kubectl describe gateway -n orders',
      resumable: true,
    });
  });

  it('fails at once where waiting cannot help', async () => {
    await harness.status({ broken: 'class "nosuch" does not exist' });
    expect(lastOf(await running.ended)).toMatchObject({
      type: 'failed',
      message: expect.stringMatching(
        /^Gateway orders\/orders has an address: class "nosuch" does not exist\. Mend it\. Run it again/,
      ),
      remedy: 'Mend it',
      resumable: true,
    });
    expect(await harness.databases.list()).toMatchObject([
      { state: 'provisioning' },
    ]);
  });
});

function isWaiting(
  event: ProvisioningEvent,
): event is Extract<ProvisioningEvent, { type: 'waiting' }> {
  return event.type === 'waiting';
}

function said(events: readonly ProvisioningEvent[]): string[] {
  return events.filter(isWaiting).map(({ why }) => why);
}
