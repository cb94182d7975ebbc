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
function recentAt(
  ...readings: Array<[seconds: number, ...samples: TrafficSample[]]>
) {
  const recent = new RecentTraffic();
  const results = readings.map(([seconds, ...samples]) =>
    recent
      .add(new Map([['to orders', samples]]), new Date(START + seconds * 1000))
      .get('to orders')!
      .map(result => result.recent),
  );
  return results.at(-1)!;
}

it('knows nothing recent at the first reading', () => {
  expect(recentAt([0, sample(5)])).toEqual([undefined]);
});

it('tells what came since an earlier reading', () => {
  expect(recentAt([0, sample(5)], [60, sample(7)])).toEqual([
    { seconds: 60, connectionsOpened: 2, receivedBytes: 20 },
  ]);
});

it('tells that nothing came', () => {
  expect(recentAt([0, sample(5)], [60, sample(5)])).toEqual([
    { seconds: 60, connectionsOpened: 0, receivedBytes: 0 },
  ]);
});

it('takes all of a source that is new for recent', () => {
  const other = sample(3, { sourceWorkload: 'other' });
  expect(recentAt([0, sample(5)], [60, sample(5), other])[1]).toMatchObject({
    connectionsOpened: 3,
  });
});

it('takes a counter that went back for one that began anew', () => {
  expect(recentAt([0, sample(5)], [60, sample(2)])).toMatchObject([
    { connectionsOpened: 2 },
  ]);
});

it('compares with a reading that is minutes old, and forgets what is older', () => {
  const readings = [0, 60, 120, 180, 240, 300, 360].map(
    seconds => [seconds, sample(seconds)] as [number, TrafficSample],
  );
  expect(recentAt(...readings)).toMatchObject([
    { seconds: 180, connectionsOpened: 180 },
  ]);
});

it.each([
  ['at the same moment', 0],
  ['before the first, by a clock that was put back', -60],
])('says nothing of a reading %s', (_when, seconds) => {
  expect(recentAt([0, sample(5)], [seconds, sample(7)])).toEqual([undefined]);
});
