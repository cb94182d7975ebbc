import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { createDatabases } from '../databases';
import { History } from '../history';
import { Platforms } from '../platform';
import { Provisioner } from '../provisioning';
import { createDatabaseTools } from '../tools';
import { createObserving, type Observing } from './createObserving';
import { PROBE_GROUPS } from './probes/groups';

const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  owner: 'group:default/payments',
  kubernetesCluster: 'sandbox',
  namespace: 'orders',
};

jest.setTimeout(120_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const over = new AbortController();
let sandbox: Sandbox;
const replicas: Observing[] = [];
/** Which group ran when, whoever ran it. */
const ran: Array<{ replica: number; group: string; at: number }> = [];
/** The scheduler's global lock: whose turn it is, waits for the one before. */
let turns: Promise<void> = Promise.resolve();

beforeAll(async () => {
  sandbox = await createSandbox({
    ring: () => ({ stub: 'for a test of observation' }),
  });
  const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
  const clusters = {
    listUsable: () => [entry],
    listUnusable: () => [],
    get: () => entry,
  };
  const blueprints = createBlueprintRegistry();
  const logger = mockServices.logger.mock();
  const createTools = createDatabaseTools;
  const provisioner = new Provisioner({
    clusters,
    blueprints,
    createTools,
    logger,
  });
  const { signal } = over;
  for await (const event of provisioner.provision(SPEC, {
    signal,
    actor: 'user:default/ada',
  })) {
    if (event.type === 'failed') throw new Error(event.message);
  }
  const knex = await databases.init('SQLITE_3');
  const history = await History.create({ getClient: async () => knex });
  for (const replica of [0, 1]) {
    replicas.push(
      createObserving({
        clusters,
        databases: createDatabases({ clusters, blueprints, logger }),
        createTools,
        platforms: new Platforms({ clusters, blueprints }),
        history,
        logger,
        scheduler: {
          async scheduleTask({ fn }) {
            void takeTurns(fn as (turn: AbortSignal) => Promise<void>);
          },
        },
        timing: { turnMs: 1_500 },
        onRan: ({ group, ranAt }) =>
          ran.push({ replica, group, at: ranAt.getTime() }),
      }),
    );
  }
  await Promise.all(replicas.map(it => it.start()));
});
afterAll(async () => {
  over.abort();
  await Promise.all(replicas.map(it => it.stop()));
  await sandbox?.stop();
});

async function takeTurns(
  turn: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!over.signal.aborted) {
    const mine = turns.then(() => turn(over.signal));
    turns = mine;
    await mine;
  }
}

it('two replicas on one database run no probe twice, and both know what either found out', async () => {
  const headlines = () =>
    replicas.map(({ reports }) => reports.all()[0]?.report?.headline);
  const end = Date.now() + 60_000;
  while (headlines().some(headline => headline !== 'Fenced')) {
    if (Date.now() > end) throw new Error(`still ${headlines()}`);
    await new Promise(resolve => {
      setTimeout(resolve, 100);
    });
  }
  const times = (group: string) =>
    ran.filter(it => it.group === group).map(({ at }) => at);
  for (const group of PROBE_GROUPS) {
    const gaps = times(group)
      .slice(1)
      .map((at, index) => at - times(group)[index]);
    // After a change the ring is asked every five seconds, others every ten.
    expect(gaps.filter(gap => gap < 4_900)).toEqual([]);
  }
  expect(times('drift')).toHaveLength(1);
});
