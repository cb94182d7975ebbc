import type { TrafficPoint } from '@ringfence/backstage-plugin-ringfence-common';
import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';
import { TrafficLog } from './TrafficLog';

const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };

const sample = (
  receivedBytes: number,
  changes: Partial<TrafficSample> = {},
): TrafficSample => ({
  reporter: 'destination',
  sourceWorkload: 'billing',
  sourceNamespace: 'billing',
  sourcePrincipal: 'unknown',
  destinationWorkload: 'orders',
  securityPolicy: 'mutual_tls',
  connectionsOpened: 1,
  receivedBytes,
  ...changes,
});

function setUp() {
  const points: TrafficPoint[] = [];
  const log = new TrafficLog((_ref, point) => points.push(point));
  const note = (minute: number, samples: TrafficSample[], key = 'orders 1') =>
    log.note(key, REF, samples, new Date(Date.UTC(2026, 5, 1, 12, minute)));
  return { log, note, points };
}

/** As many readings as it takes until points are as far apart as they stay. */
function settle(note: ReturnType<typeof setUp>['note'], bytes: number) {
  for (let minute = 0; minute <= 5; minute++) note(minute, [sample(bytes)]);
}

it('makes a point of what was added, soon at first', () => {
  const { note, points } = setUp();
  note(0, [sample(100)]);
  note(0, [sample(120)]);
  note(1, [sample(130)]);
  expect(points).toEqual([
    { at: '2026-06-01T12:01:00.000Z', mutualTlsBytes: 30, plaintextBytes: 0 },
  ]);
});

it('makes points five minutes apart at least, after the first few', () => {
  const { note, points } = setUp();
  settle(note, 100);
  const before = points.length;
  note(9, [sample(150)]);
  note(10, [sample(170)]);
  note(16, [sample(170)]);
  expect(points.slice(before)).toEqual([
    { at: '2026-06-01T12:10:00.000Z', mutualTlsBytes: 70, plaintextBytes: 0 },
    { at: '2026-06-01T12:16:00.000Z', mutualTlsBytes: 0, plaintextBytes: 0 },
  ]);
});

it.each<[string, Partial<TrafficSample>, [number, number]]>([
  ['mTLS', {}, [50, 0]],
  ["ztunnel's word for plaintext", { securityPolicy: 'unknown' }, [0, 50]],
  ["Envoy's word for plaintext", { securityPolicy: 'none' }, [0, 50]],
  ['what the mesh refused', { refused: 'RBAC' }, [0, 0]],
  ["the other side's count of it", { reporter: 'source' }, [0, 0]],
])('counts %s', (_what, changes, [mutualTlsBytes, plaintextBytes]) => {
  const { note, points } = setUp();
  note(0, [sample(0, changes)]);
  note(5, [sample(50, changes)]);
  expect(points).toMatchObject([{ mutualTlsBytes, plaintextBytes }]);
});

it('takes a counter that went back for one that began anew', () => {
  const { note, points } = setUp();
  note(0, [sample(100)]);
  note(5, [sample(30)]);
  expect(points).toMatchObject([{ mutualTlsBytes: 30 }]);
});

it('compares no database with its predecessor, or one that it has forgotten', () => {
  const { log, note, points } = setUp();
  note(0, [sample(100)]);
  note(5, [sample(900)], 'orders 2');
  log.retain(() => false);
  note(10, [sample(950)], 'orders 2');
  expect(points).toEqual([]);
});
