import { TestDatabases } from '@backstage/backend-test-utils';
import type { Finding } from '@ringfence/backstage-plugin-ringfence-common';
import type { Knex } from 'knex';
import { History } from './History';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const OTHER = { kubernetesCluster: 'eu-1', namespace: 'billing' };

let knex: Knex;
let history: History;
beforeEach(async () => {
  knex = await databases.init('SQLITE_3');
  history = await History.create({ getClient: async () => knex });
});

const record = (ref: typeof REF, findings: Finding[]) =>
  history.recordFindings([{ ref, findings }]);

function receipt(userRef: string, day: number) {
  return {
    userRef,
    caSha256: ['AA:BB', 'CC:DD'],
    downloadedAt: new Date(Date.UTC(2026, 5, day)),
    expiresAt: new Date(Date.UTC(2027, 5, day)),
  };
}

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    check: 'ring.nodes',
    title: 'Every node is up and normal',
    category: 'ring',
    status: 'ok',
    reason: 'UpNormal',
    summary: '3 nodes up',
    evidence: {},
    observedAt: '2026-06-01T12:00:00.000Z',
    ...changes,
  };
}

it('keeps who took which CA away, latest first', async () => {
  await history.recordBundle(REF, receipt('user:default/ann', 1));
  await history.recordBundle(REF, receipt('user:default/bob', 2));
  await history.recordBundle(OTHER, receipt('user:default/eve', 3));
  expect(await history.listBundles(REF)).toEqual([
    receipt('user:default/bob', 2),
    receipt('user:default/ann', 1),
  ]);
});

it('keeps what each check last said, and since when', async () => {
  await record(REF, [finding()]);
  await record(REF, [
    finding({ summary: '4 nodes up', observedAt: '2026-06-01T13:00:00.000Z' }),
  ]);
  expect(await history.listFindings(REF)).toEqual([
    {
      check: 'ring.nodes',
      status: 'ok',
      reason: 'UpNormal',
      summary: '4 nodes up',
      since: new Date('2026-06-01T12:00:00Z'),
      observedAt: new Date('2026-06-01T13:00:00Z'),
    },
  ]);
});

it('begins anew when the reason changes', async () => {
  await record(REF, [finding()]);
  await record(REF, [
    finding({
      status: 'failing',
      reason: 'NodeDown',
      observedAt: '2026-06-01T13:00:00.000Z',
    }),
  ]);
  expect((await history.listFindings(REF))[0].since).toEqual(
    new Date('2026-06-01T13:00:00Z'),
  );
});

it('keeps the worst where a check said several things', async () => {
  await record(REF, [
    finding(),
    finding({ status: 'failing', reason: 'NodeDown' }),
    finding({ status: 'warning', reason: 'NodeMoving' }),
  ]);
  expect(await history.listFindings(REF)).toMatchObject([
    { reason: 'NodeDown' },
  ]);
});

it('forgets a check that no longer answers, and leaves other databases alone', async () => {
  await record(OTHER, [finding()]);
  await record(REF, [finding(), finding({ check: 'ring.pods' })]);
  await record(REF, [finding()]);
  expect((await history.listFindings(REF)).map(({ check }) => check)).toEqual([
    'ring.nodes',
  ]);
  await history.forgetFindings(REF);
  expect(await history.listFindings(REF)).toEqual([]);
  expect(await history.listFindings(OTHER)).toHaveLength(1);
});

it('can be started again on the same tables', async () => {
  await history.recordBundle(REF, receipt('user:default/ann', 1));
  const again = await History.create({ getClient: async () => knex });
  expect(await again.listBundles(REF)).toHaveLength(1);
});

it('leaves the tables alone where the portal migrates elsewhere', async () => {
  const empty = await databases.init('SQLITE_3');
  await History.create({
    getClient: async () => empty,
    migrations: { skip: true },
  });
  expect(await empty.schema.hasTable('bundle_receipts')).toBe(false);
});

it('keeps the last answers of probes, for replicas that ask what is new', async () => {
  const result = (minute: number, answers: string) => ({
    ref: REF,
    group: 'gateway',
    uid: 'one',
    answers,
    ranAt: new Date(Date.UTC(2026, 5, 1, 12, minute)),
  });
  await history.saveProbes([result(1, '{"a":1}')]);
  await history.saveProbes([
    result(2, '{"a":2}'),
    { ...result(1, '{}'), ref: OTHER },
  ]);
  const since = new Date(Date.UTC(2026, 5, 1, 12, 2));
  expect(await history.listProbes(since)).toEqual([result(2, '{"a":2}')]);
  expect(await history.listProbes(new Date(0))).toHaveLength(2);
  await history.prune({
    traffic: since,
    probes: since,
    comparisons: since,
  });
  expect(await history.listProbes(new Date(0))).toHaveLength(1);
});

it('keeps how much traffic there was, oldest first', async () => {
  const point = (minute: number, bytes: number) => ({
    at: new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString(),
    mutualTlsBytes: bytes,
    plaintextBytes: 0,
  });
  await history.recordTraffic(REF, point(10, 2));
  await history.recordTraffic(REF, point(5, 1));
  await history.recordTraffic(OTHER, point(5, 9));
  const since = new Date(Date.UTC(2026, 5, 1, 12, 5));
  expect(await history.listTraffic(REF, since)).toEqual([
    point(5, 1),
    point(10, 2),
  ]);
  const later = new Date(Date.UTC(2026, 5, 1, 12, 6));
  await history.prune({
    traffic: later,
    probes: later,
    comparisons: later,
  });
  expect(await history.listTraffic(REF, since)).toEqual([point(10, 2)]);
});

it('keeps how objects compared last, until nobody compares them any more', async () => {
  const at = new Date('2026-06-01T12:00:00Z');
  expect(await history.readComparisons(REF)).toBeUndefined();
  await history.saveComparisons(REF, '["before"]', at);
  await history.saveComparisons(REF, '["after"]', at);
  await history.saveComparisons(OTHER, '["other"]', new Date(0));
  expect(await history.readComparisons(REF)).toBe('["after"]');
  await history.prune({ traffic: at, probes: at, comparisons: at });
  expect(await history.readComparisons(REF)).toBe('["after"]');
  expect(await history.readComparisons(OTHER)).toBeUndefined();
});
