import type { StoredDatabase } from '../../databases/Databases';
import type { ProbeGroup } from './groups';
import type { ProbeTarget } from './ProbeSource';
import { ProbeSchedule } from './ProbeSchedule';

const START = new Date('2026-06-01T12:00:00Z').getTime();

function setUp(count = 1, { lacksRing = false, exposure = 'tls' } = {}) {
  let now = START;
  const ran: string[] = [];
  const all: string[] = [];
  const ranAt = new Map<string, Date>();
  const clock = () => new Date(now);
  const databases = Array.from({ length: count }, (_unused, index) => ({
    key: `eu-1/db-${index} uid`,
    database: {
      ref: { kubernetesCluster: 'eu-1', namespace: `db-${index}` },
      blueprint: { access: () => ({ exposure }) },
    } as unknown as StoredDatabase,
  }));
  const schedule = new ProbeSchedule({
    clock,
    random: () => 0.5,
    inFlight: 10_000,
    databases: () => databases,
    targetOf: async ({ ref }) =>
      ({ key: `eu-1/${ref.namespace} uid` } as ProbeTarget),
    onError: (_database, error) => {
      throw error;
    },
    book: {
      isNeeded: (_key, group) => group !== 'nodetool' || lacksRing,
      ranAt: (key, group) => ranAt.get(`${key} ${group}`),
      run: async (group: ProbeGroup, { key }: ProbeTarget) => {
        ran.push(group);
        all.push(`${key} ${group}`);
        ranAt.set(`${key} ${group}`, clock());
      },
    },
  });
  const tick = async (seconds = 0) => {
    now += seconds * 1000;
    ran.length = 0;
    schedule.tick();
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    return [...ran];
  };
  return { schedule, tick, key: databases[0].key, ran: () => all };
}

it('runs at once what has never run, telemetry after the logins, and nothing of it again', async () => {
  const { tick } = setUp();
  expect(await tick()).toEqual([
    'gateway',
    'ring',
    'pods',
    'drift',
    'telemetry',
  ]);
  expect(await tick(1)).toEqual([]);
});

it.each([
  [14, []],
  [16, ['ring']],
  [61, ['ring', 'gateway', 'telemetry']],
  [601, ['ring', 'gateway', 'pods', 'drift', 'telemetry']],
])('after %d s runs what is due: %j', async (seconds, expected) => {
  const { tick } = setUp();
  await tick();
  expect(await tick(seconds)).toEqual(expected);
});

it('brings the turn of a database forward that has changed, but not its drift', async () => {
  const { schedule, tick, key } = setUp();
  await tick();
  await tick(20);
  schedule.changed(key);
  expect(await tick(1)).toEqual([]);
  expect(await tick(1)).toEqual(['gateway', 'pods', 'telemetry']);
  expect(await tick(3)).toEqual(['ring']);
});

it('asks the ring again and again after a change, since it takes a while to notice', async () => {
  const { schedule, tick, key } = setUp();
  await tick();
  await tick(20);
  schedule.changed(key);
  let asked = 0;
  for (let seconds = 0; seconds < 60; seconds += 1) {
    asked += (await tick(1)).filter(group => group === 'ring').length;
  }
  expect(asked).toBeGreaterThanOrEqual(11);
  await tick(1);
  expect(await tick(6)).not.toContain('ring');
});

it('runs a command for the ring only where no session tells of it', async () => {
  expect(await setUp().tick()).not.toContain('nodetool');
  expect(await setUp(1, { lacksRing: true }).tick()).toContain('nodetool');
});

it('spares the API server connections to databases without a gateway', async () => {
  const { tick } = setUp(1, { exposure: 'none' });
  expect(await tick()).toContain('ring');
  expect(await tick(61)).not.toContain('ring');
  expect(await tick(60)).toEqual(expect.arrayContaining(['gateway', 'ring']));
});

it('takes its time where databases are many', async () => {
  const { tick } = setUp(1000);
  expect((await tick()).filter(group => group === 'gateway')).toHaveLength(
    1000,
  );
  expect(await tick(290).then(ran => ran.includes('gateway'))).toBe(false);
  expect(await tick(20).then(ran => ran.includes('gateway'))).toBe(true);
});

it('asks the API server no more than a request a second in the long run', async () => {
  const { tick } = setUp(1000);
  const costs = { gateway: 0, ring: 0, pods: 1, telemetry: 1, drift: 40 };
  let requests = 0;
  for (let seconds = 0; seconds < 600; seconds += 30) {
    for (const group of await tick(30)) {
      requests += costs[group as keyof typeof costs];
    }
  }
  expect(requests).toBeGreaterThan(500);
  // Drift has half as much beside, and each a burst of its own.
  expect(requests).toBeLessThan(1.5 * 600 + 4 * 120);
});

it('lets the comparison of objects have its share where databases are many', async () => {
  const { tick } = setUp(1000);
  let compared = 0;
  for (let seconds = 0; seconds < 800; seconds += 80) {
    compared += (await tick(80)).filter(group => group === 'drift').length;
  }
  expect(compared).toBeGreaterThanOrEqual(10);
});

it('compares the objects of a database soon after somebody edited one, before others', async () => {
  const { schedule, tick, key, ran } = setUp(200);
  while (!ran().includes(`${key} drift`)) await tick(80);
  await tick(10);
  schedule.edited(key);
  const before = ran().filter(it => it === `${key} drift`).length;
  await tick(20);
  await tick(80);
  expect(ran().filter(it => it === `${key} drift`)).toHaveLength(before + 1);
});
