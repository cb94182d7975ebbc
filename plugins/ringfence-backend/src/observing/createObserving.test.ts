import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { Report } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { createDatabases } from '../databases';
import { History } from '../history';
import { Platforms } from '../platform';
import { Provisioner } from '../provisioning';
import { createDatabaseTools } from '../tools';
import { createObserving, type Observing } from './createObserving';

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  owner: 'group:default/payments',
  ...REF,
};

jest.setTimeout(120_000);

/** Counts what is asked of a Kubernetes cluster. */
function counted(kubernetes: KubernetesCluster) {
  const asked: string[] = [];
  const proxy = new Proxy(kubernetes, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: any[]) => {
        asked.push(`${String(name)} ${args[0]?.kind ?? ''}`);
        return value.apply(target, args);
      };
    },
  });
  return { proxy, asked };
}

async function eventually<T>(
  read: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`did not come true: ${read}`);
    await new Promise(resolve => {
      setTimeout(resolve, 50);
    });
  }
}

const over = new AbortController();

/** One turn after the other. */
async function takeTurns(
  turn: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!over.signal.aborted) await turn(over.signal);
}

describe('a portal that observes', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  let sandbox: Sandbox;
  let observing: Observing;
  let provision: () => Promise<void>;
  let asked: string[];
  const told: string[] = [];

  beforeAll(async () => {
    sandbox = await createSandbox({
      ring: () => ({ stub: 'for a test of observation' }),
    });
    const { proxy, ...counting } = counted(sandbox.kubernetes);
    asked = counting.asked;
    const entry = { kubernetes: proxy, defaults: {} };
    const clusters = {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    };
    const blueprints = createBlueprintRegistry();
    const logger = mockServices.logger.mock();
    const createTools = createDatabaseTools;
    const knex = await databases.init('SQLITE_3');
    observing = createObserving({
      clusters,
      databases: createDatabases({ clusters, blueprints, logger }),
      createTools,
      platforms: new Platforms({ clusters, blueprints }),
      history: await History.create({ getClient: async () => knex }),
      // The lock is the portal's affair: here it is always this one's turn.
      scheduler: {
        async scheduleTask({ fn }) {
          void takeTurns(fn as (signal: AbortSignal) => Promise<void>);
        },
      },
      logger,
    });
    const provisioner = new Provisioner({
      clusters,
      blueprints,
      createTools,
      logger,
    });
    provision = async () => {
      const options = {
        signal: new AbortController().signal,
        actor: 'user:default/ada',
      };
      for await (const event of provisioner.provision(SPEC, options)) {
        if (event.type === 'failed') throw new Error(event.message);
      }
    };
    observing.reports.subscribe(({ after }) => told.push(after.headline));
    await observing.start();
  });
  afterAll(async () => {
    over.abort();
    await observing?.stop();
    await sandbox?.stop();
  });

  const known = (): Report | undefined => observing.reports.all()[0]?.report;

  it('knows a database that is made, and all of it, without being asked', async () => {
    expect(observing.reports.all()).toEqual([]);
    await provision();
    const report = await eventually(() => {
      const found = known();
      return found?.headline === 'Fenced' && found;
    });
    expect(report.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(told).toContain('Fenced');
  });

  it('serves a report without asking anybody', async () => {
    const database = await observing.databases.get(REF);
    await observing.reports.read(database, { refresh: false });
    asked.length = 0;
    const again = await observing.databases.get(REF);
    const startedMs = performance.now();
    await observing.reports.read(again, { refresh: false });
    expect(performance.now() - startedMs).toBeLessThan(100);
    expect(
      asked.filter(line => !/^(get Namespace|exec|portForward)/.test(line)),
    ).toEqual([]);
  });

  it('tells within moments that somebody took it out of the mesh, and put it back', async () => {
    const other = sandbox.as('kubectl', { force: true });
    const label = (mode: string) =>
      other.apply({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: 'orders',
          labels: { 'istio.io/dataplane-mode': mode },
        },
      });
    await label('none');
    const startedMs = performance.now();
    await eventually(() =>
      known()?.findings.some(({ reason }) => reason === 'NamespaceNotInMesh'),
    );
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    await label('ambient');
    await eventually(() => known()?.headline === 'Fenced');
  });

  it('forgets a database that is gone', async () => {
    await sandbox.kubernetes.delete({
      apiVersion: 'v1',
      kind: 'Namespace',
      name: 'orders',
    });
    await eventually(() => observing.reports.all().length === 0);
    await expect(observing.databases.get(REF)).rejects.toThrow(
      'No database "sandbox/orders"',
    );
  });
});
