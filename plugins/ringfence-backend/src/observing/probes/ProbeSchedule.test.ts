import type { StoredDatabase } from '../../databases/Databases';
import type { ProbeGroup } from './groups';
import type { ProbeTarget } from './ProbeSource';
import { ProbeSchedule } from './ProbeSchedule';

const START = new Date('2026-06-01T12:00:00Z').getTime();

/** Requests that a group costs where nothing is known yet. */
const COSTS = { gateway: 0, ring: 0, pods: 1, telemetry: 1, drift: 40 };

function setUp(
  count = 1,
  { lacksRing = false, exposure = 'tls', costs = COSTS } = {},
) {
  let now = START;
  const ran: string[] = [];
  const spent = new Map<object, number>();
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
    targetOf: async ({ ref }) => {
      const key = `eu-1/${ref.namespace} uid`;
      const target = { key, requests: () => spent.get(target) ?? 0 };
      return target as ProbeTarget;
    },
    onError: (_database, error) => {
      throw error;
    },
    book: {
      isNeeded: (_key, group) => group !== 'nodetool' || lacksRing,
      ranAt: (key, group) => ranAt.get(`${key} ${group}`),
      run: async (group: ProbeGroup, target: ProbeTarget) => {
        const { key } = target;
        ran.push(group);
        all.push(`${key} ${group}`);
        spent.set(target, costs[group as keyof typeof costs]);
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

it('asks the API server no more than three requests in two seconds in the long run', async () => {
  const { tick } = setUp(1000);
  let requests = 0;
  for (let seconds = 0; seconds < 600; seconds += 30) {
    for (const group of await tick(30)) {
      requests += COSTS[group as keyof typeof COSTS];
    }
  }
  expect(requests).toBeGreaterThan(500);
  // Drift has a budget of its own beside that of all others, and each a burst.
  expect(requests).toBeLessThan(1.5 * 600 + 4 * 120);
});

it.each([
  ['much, where all has to be asked', COSTS, 18],
  ['little, where watches and others told', { ...COSTS, drift: 8 }, 60],
])(
  'counts what comparing objects has cost: %s',
  async (_what, costs, least) => {
    const { tick, ran } = setUp(200, { costs });
    for (let seconds = 0; seconds < 800; seconds += 5) await tick(5);
    const compared = ran().filter(it => it.endsWith(' drift')).length;
    expect(compared).toBeGreaterThanOrEqual(least);
    expect(compared).toBeLessThan((0.8 * 800 + 120) / costs.drift + 2);
  },
);

it('lets readings of metrics that others have made cost nothing', async () => {
  const costs = { ...COSTS, telemetry: 0 };
  const { tick, ran } = setUp(1000, { costs });
  for (let seconds = 0; seconds < 70; seconds += 1) await tick(1);
  const read = ran().filter(it => it.endsWith(' telemetry'));
  expect(new Set(read).size).toBe(1000);
});

it('looks first at what has never been looked at of a database that somebody has before them', async () => {
  const { schedule, tick, ran } = setUp(50);
  await tick();
  const missing = 'eu-1/db-49 uid';
  expect(ran()).not.toContain(`${missing} drift`);
  schedule.wanted(missing);
  while (!ran().includes(`${missing} drift`)) await tick(10);
  const compared = ran().filter(it => it.endsWith(' drift'));
  expect(compared.at(-1)).toBe(`${missing} drift`);
  expect(compared.length).toBeLessThan(10);
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
