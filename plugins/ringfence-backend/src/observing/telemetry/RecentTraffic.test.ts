import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';
import { RecentTraffic } from './RecentTraffic';

const START = new Date('2026-06-01T12:00:00Z').getTime();

function sample(count: number, changes: Partial<TrafficSample> = {}) {
  return {
    reporter: 'destination' as const,
    sourceWorkload: 'api',
    sourceNamespace: 'billing',
    sourcePrincipal: 'unknown',
    destinationWorkload: 'orders',
    securityPolicy: 'mutual_tls',
    connectionsOpened: count,
    receivedBytes: 10 * count,
    ...changes,
  };
}

/** What is recent at the last of several readings, some seconds after the first. */
async function recentAt(
  ...readings: Array<[seconds: number, ...samples: TrafficSample[]]>
) {
  const recent = new RecentTraffic();
  let last: Array<TrafficSample['recent']> = [];
  for (const [seconds, ...samples] of readings) {
    const at = new Date(START + seconds * 1000);
    const result = await recent.add(new Map([['to orders', samples]]), at);
    last = result.get('to orders')!.map(it => it.recent);
  }
  return last;
}

it('knows nothing recent at the first reading', async () => {
  expect(await recentAt([0, sample(5)])).toEqual([undefined]);
});

it('tells what came since an earlier reading', async () => {
  expect(await recentAt([0, sample(5)], [60, sample(7)])).toEqual([
    { seconds: 60, connectionsOpened: 2, receivedBytes: 20 },
  ]);
});

it('tells that nothing came', async () => {
  expect(await recentAt([0, sample(5)], [60, sample(5)])).toEqual([
    { seconds: 60, connectionsOpened: 0, receivedBytes: 0 },
  ]);
});

it('takes all of a source that is new for recent', async () => {
  const other = sample(3, { sourceWorkload: 'other' });
  const [, recent] = await recentAt([0, sample(5)], [60, sample(5), other]);
  expect(recent).toMatchObject({ connectionsOpened: 3 });
});

it('takes a counter that went back for one that began anew', async () => {
  expect(await recentAt([0, sample(5)], [60, sample(2)])).toMatchObject([
    { connectionsOpened: 2 },
  ]);
});

it('compares with a reading that is minutes old, and forgets what is older', async () => {
  const readings = [0, 60, 120, 180, 240, 300, 360].map(
    seconds => [seconds, sample(seconds)] as [number, TrafficSample],
  );
  expect(await recentAt(...readings)).toMatchObject([
    { seconds: 180, connectionsOpened: 180 },
  ]);
});

it.each([
  ['at the same moment', 0],
  ['before the first, by a clock that was put back', -60],
])('says nothing of a reading %s', async (_when, seconds) => {
  expect(await recentAt([0, sample(5)], [seconds, sample(7)])).toEqual([
    undefined,
  ]);
});
