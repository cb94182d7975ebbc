import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type {
  Finding,
  FindingStatus,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { UnreadableDatabase } from '../databases';
import { History } from '../history';
import { REPORT, storedDatabase } from '../router/__testUtils__/startRouter';
import { AlertLog } from './AlertLog';
import { Alerts } from './Alerts';
import { Owners } from './Owners';
import { ReportSignals } from './ReportSignals';

const NOW = new Date('2026-06-01T12:00:00Z');
const OWNER = 'user:default/mock';
const DAY_MS = 24 * 60 * 60_000;
const inDays = (days: number) =>
  new Date(NOW.getTime() + days * DAY_MS).toISOString();

const finding = (status: FindingStatus, check = 'ring.nodes'): Finding => ({
  ...REPORT.findings[0],
  check,
  title: 'Every node is up and normal',
  status,
  summary: `It is ${status}`,
});
const reportOf = (changes: Partial<Report> = {}): Report => ({
  ...REPORT,
  findings: [],
  certificates: [],
  ...changes,
});
const failing = reportOf({ findings: [finding('failing')] });
const healthy = reportOf({ findings: [finding('ok')] });
/** With its renewal overdue, so many days before its end. */
const expiring = (days: number, renewalTime = inDays(-1)) =>
  reportOf({
    certificates: [
      {
        name: 'orders-tls',
        purpose: 'service',
        notAfter: inDays(days),
        renewalTime,
      },
    ],
  });

describe('alerts', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

  /** Several replicas of the portal on one database of the plugin. */
  async function portal(replicas = 1) {
    const knex = await databases.init('SQLITE_3');
    const database = { getClient: async () => knex };
    await History.create(database);
    const send = jest.fn(async (_notification: any) => {});
    const requireReachable = jest.fn(async (_owner: string) => {});
    const owners = { requireReachable };
    const logger = mockServices.logger.mock();
    let now = NOW.getTime();
    const all = await Promise.all(
      Array.from({ length: replicas }, async () => {
        const log = await AlertLog.create(database);
        const notifications = { send };
        return new Alerts({
          log,
          notifications,
          owners,
          logger,
          clock: () => new Date(now),
        });
      }),
    );
    return {
      send,
      logger,
      requireReachable,
      pass: (ms: number) => {
        now += ms;
      },
      stop: () => all.forEach(alerts => alerts.stop()),
      /** Every replica looks at the report. @returns what was told then */
      async look(report: Report, stored = storedDatabase()) {
        send.mockClear();
        await Promise.all(all.map(alerts => alerts.look(stored, report)));
        return send.mock.calls.map(([{ payload }]) => [
          payload.severity,
          payload.title,
        ]);
      },
      /** The same of one whose spec cannot be read. */
      async lookUnreadable(changes: Partial<UnreadableDatabase> = {}) {
        send.mockClear();
        const { ref } = storedDatabase();
        const why = 'its ConfigMap "ringfence" is no YAML';
        const one = { ref, name: 'orders', owner: OWNER, why };
        const known = { ...one, state: 'ready' as const, ...changes };
        await Promise.all(all.map(alerts => alerts.lookUnreadable(known)));
        return send.mock.calls.map(([{ recipients, payload }]) => [
          recipients.entityRef,
          payload.title,
          payload.description,
        ]);
      },
    };
  }

  it('tells the owner of a check that turns failing, with a link to the database', async () => {
    const { look, send } = await portal();
    await look(failing);
    expect(send).toHaveBeenCalledWith({
      recipients: { type: 'entity', entityRef: OWNER },
      payload: {
        title: 'eu-1/orders: not so: Every node is up and normal',
        description: 'It is failing. Renew it',
        severity: 'high',
        link: '/catalog/default/resource/eu-1.orders',
        topic: 'ringfence',
        scope: 'ringfence:eu-1/orders/ring.nodes',
      },
    });
  });

  it('tells each cause once, however often and by whomever it is seen', async () => {
    const { look } = await portal(3);
    expect(await look(failing)).toHaveLength(1);
    expect(await look(failing)).toEqual([]);
  });

  it('tells once that it recovered, and of it again where it comes back', async () => {
    const { look } = await portal(3);
    await look(failing);
    expect(await look(healthy)).toEqual([['low', 'eu-1/orders: recovered']]);
    expect(await look(healthy)).toEqual([]);
    expect(await look(failing)).toHaveLength(1);
  });

  it('tells once of a spec that cannot be read, and once that it can be again', async () => {
    const { look, lookUnreadable } = await portal(2);
    expect(await lookUnreadable()).toEqual([
      [
        OWNER,
        'eu-1/orders: its spec cannot be read',
        'Nothing is observed of it until it can: its ConfigMap "ringfence" is no YAML',
      ],
    ]);
    expect(await lookUnreadable()).toEqual([]);
    expect(await look(healthy)).toEqual([['low', 'eu-1/orders: recovered']]);
    expect(await look(healthy)).toEqual([]);
  });

  it.each<[string, Partial<UnreadableDatabase>]>([
    ['is only being made', { state: 'provisioning' }],
    ['says nowhere whose it is', { owner: undefined }],
  ])('tells nobody of a spec of a database that %s', async (_what, changes) => {
    const { lookUnreadable } = await portal();
    expect(await lookUnreadable(changes)).toEqual([]);
  });

  it('tells of a spec that cannot be read once its owner can be told', async () => {
    const { lookUnreadable, send, logger } = await portal();
    send.mockRejectedValueOnce(new Error('nobody takes it'));
    await lookUnreadable();
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('nobody takes it'),
    );
    expect(await lookUnreadable()).toHaveLength(1);
  });

  it('does not take "could not look" for a recovery', async () => {
    const { look } = await portal();
    await look(failing);
    const unknown = reportOf({ findings: [finding('unknown')] });
    expect(await look(unknown)).toEqual([]);
    expect(await look(failing)).toEqual([]);
  });

  it('has one cause for a check with several answers', async () => {
    const { look } = await portal();
    const twice = reportOf({
      findings: [finding('failing'), finding('failing'), finding('ok')],
    });
    expect(await look(twice)).toHaveLength(1);
  });

  it('tells of a certificate at each threshold, once, while its renewal is overdue', async () => {
    const { look } = await portal();
    const told: unknown[] = [];
    for (const days of [60, 29, 20, 13, 6.5, 6, 0.9, 0.1]) {
      told.push(...(await look(expiring(days))));
    }
    const title = (within: string) =>
      `eu-1/orders: certificate "orders-tls" expires within ${within}`;
    expect(told).toEqual([
      ['high', title('30 days')],
      ['high', title('14 days')],
      ['critical', title('7 days')],
      ['critical', title('a day')],
    ]);
    expect(await look(expiring(90, inDays(60)))).toEqual([
      ['low', 'eu-1/orders: recovered'],
    ]);
  });

  it('says nothing of a short-lived certificate whose renewal is not due', async () => {
    const { look } = await portal();
    expect(await look(expiring(0.5, inDays(0.2)))).toEqual([]);
  });

  it.each(['provisioning', 'decommissioning', 'retained'] as const)(
    'says nothing of a database that is %s',
    async state => {
      const { look, pass } = await portal();
      const changing = { ...storedDatabase(), state };
      expect(await look(failing, changing)).toEqual([]);
      pass(30 * 60_000);
      expect(await look(failing, changing)).toEqual([]);
    },
  );

  it('tells of one whose provisioning does not end, and of what fails of it, and once it has ended', async () => {
    const { look, pass } = await portal(2);
    const changing = {
      ...storedDatabase(),
      state: 'provisioning' as const,
    };
    expect(await look(healthy, changing)).toEqual([]);
    pass(2 * 60 * 60_000);
    expect(await look(failing, changing)).toEqual([
      ['high', 'eu-1/orders: provisioning has not ended'],
      ['high', 'eu-1/orders: not so: Every node is up and normal'],
    ]);
    expect(await look(failing, changing)).toEqual([]);
    expect(await look(healthy)).toEqual([
      ['low', 'eu-1/orders: recovered'],
      ['low', 'eu-1/orders: recovered'],
    ]);
  });

  it('counts anew where provisioning begins again', async () => {
    const { look, pass } = await portal();
    const changing = { ...storedDatabase(), state: 'provisioning' as const };
    await look(healthy, changing);
    pass(60 * 60_000);
    await look(healthy);
    await look(healthy, changing);
    pass(60 * 60_000);
    expect(await look(failing, changing)).toEqual([]);
  });

  it.each([
    ['it could not be told', 'send'],
    ['nobody would be reached', 'requireReachable'],
  ] as const)(
    'tries again by itself where %s, and complains once',
    async (_what, failed) => {
      const alerts = await portal();
      alerts[failed].mockRejectedValueOnce(new Error('away'));
      await alerts.look(failing);
      await new Promise<void>(told =>
        alerts.send.mockImplementation(async () => told()),
      );
      expect(alerts.logger.warn).toHaveBeenCalledTimes(1);
      expect(await alerts.look(failing)).toEqual([]);
      alerts.stop();
    },
  );

  it('tells of a recovery that could not be told', async () => {
    const { look, send, stop } = await portal();
    await look(failing);
    send.mockRejectedValueOnce(new Error('away'));
    await look(healthy);
    stop();
    expect(await look(healthy)).toEqual([['low', 'eu-1/orders: recovered']]);
  });

  it('forgets what could not be told once it is no longer so', async () => {
    const { look, send, stop } = await portal();
    send.mockRejectedValueOnce(new Error('away'));
    await look(failing);
    expect(await look(healthy)).toEqual([]);
    stop();
  });
});

describe('owners', () => {
  const group = (relations: string[]): Entity => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'payments' },
    relations: relations.map(type => ({ type, targetRef: 'user:default/ada' })),
  });
  const user: Entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'ada' },
  };
  const owners = (entities: Entity[]) =>
    new Owners({
      auth: mockServices.auth(),
      catalog: catalogServiceMock({ entities }),
    });

  it.each([
    ['a user', user, 'user:default/ada'],
    ['a group with members', group(['hasMember']), 'group:default/payments'],
    ['a group of groups', group(['parentOf']), 'group:default/payments'],
  ])('are reached: %s', async (_what, entity, ref) => {
    await expect(owners([entity]).requireReachable(ref)).resolves.toBe(
      undefined,
    );
  });

  it.each([
    ['not in the catalog', [], 'is not in the catalog'],
    ['nobody in it', [group(['childOf'])], 'knows nobody in group'],
  ])('are not reached: %s', async (_what, entities, message) => {
    await expect(
      owners(entities).requireReachable('group:default/payments'),
    ).rejects.toThrow(message);
  });
});

describe('signals', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tell everybody that something changed and no name, at once and then at most once a second', () => {
    const publish = jest.fn(async () => {});
    const logger = mockServices.logger.mock();
    const signals = new ReportSignals({ signals: { publish }, logger });
    const { ref } = storedDatabase();
    signals.changed(ref);
    expect(publish).toHaveBeenCalledWith({
      recipients: { type: 'broadcast' },
      channel: 'ringfence:report',
      message: { id: 'c93d576f' },
    });
    signals.changed(ref);
    signals.changed(ref);
    signals.changed({ ...ref, namespace: 'other' });
    expect(publish).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(1000);
    expect(publish).toHaveBeenCalledTimes(3);
    jest.advanceTimersByTime(5000);
    expect(publish).toHaveBeenCalledTimes(3);
  });
});
