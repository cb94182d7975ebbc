import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type { Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import { failure, holdBack, inStage, waitsOf } from './support/interruption';
import { takeApiServerAway } from './support/outages';
import {
  createProvisioner,
  endOf,
  orders,
  provision,
} from './support/provisioning';
import { RING, WRITTEN_BEFORE_RING } from './support/stages';

jest.setTimeout(400_000);

const API_SERVER_AWAY =
  /Kubernetes cluster "control-plane" answers: .*ECONNREFUSED 127\.0\.0\.1:6443/;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startClusterForAccount({ log: () => {} });
});

afterAll(() => cluster?.stop());

describe('an API server that is killed and away for 15 s', () => {
  it('in the middle of each stage before the ring, is waited for by runs that say so and go on', async () => {
    const runs = WRITTEN_BEFORE_RING.map(([kind, suffix], index) => {
      const name = `outage-${index}`;
      const spec = { ...orders, name, namespace: name };
      const held = holdBack(
        cluster.kubernetes,
        ({ kind: of, metadata }) =>
          of === kind && metadata.name === `${name}${suffix}`,
      );
      const enough = new AbortController();
      const isRing = inStage(RING);
      const ended = provision(
        createProvisioner(held.kubernetes),
        spec,
        enough.signal,
        // Every ring would take memory, and is not the question here.
        event => isRing(event) && enough.abort(new Error('enough')),
      );
      return { kind, held, ended };
    });
    await Promise.all(
      runs.map(({ held, ended }) =>
        Promise.race([held.reached, ended.then(failBecauseEnded)]),
      ),
    );
    const outage = takeApiServerAway(cluster);
    runs.forEach(({ held }) => held.release());
    await outage;
    for (const { kind, ended } of runs) {
      const events = await ended;
      const { name, message } = failure(events);
      expect({ kind, name, message }).toEqual({
        kind,
        name: 'InterruptedError',
        message: expect.stringContaining('Stopped after'),
      });
      expect(waitsOf(events).join()).toMatch(API_SERVER_AWAY);
    }
  });
});

function failBecauseEnded(events: readonly ProvisioningEvent[]): never {
  throw new Error(`Ended before it was to: ${endOf(events)}`);
}
