import { LOG_MARKS, MARKS } from '../../blueprints/ignite-sidecar/logMarks';
import { marksIn, probeLogMarks } from './logMarks';
import type { ProbeContext } from './Probe';

const NOW = new Date('2026-06-01T12:00:00Z');
const { signal } = new AbortController();

const STALLED =
  '[12:00:01,000][WARNING][exchange-worker-#59][diagnostic] Failed to wait for partition map exchange [topVer=AffinityTopologyVersion [topVer=2, minorTopVer=0], node=1f]';
const EXCHANGED =
  '[12:00:02,000][INFO][exchange-worker-#59][GridDhtPartitionsExchangeFuture] Completed partition exchange [localNode=1f]';
const LONELY =
  "[12:00:03,000][WARNING][main][TcpDiscoverySpi] Failed to connect to any address from IP finder (will retry to join topology every 2000 ms; change 'reconnectDelay' to configure the frequency of retries): [orders-1.orders/10.0.0.2:47500]";
const TOGETHER =
  '[12:00:04,000][INFO][disco-event-worker-#61][GridDiscoveryManager] Topology snapshot [ver=2, locNode=1f, servers=2, clients=0, state=INACTIVE]';
const UNREACHABLE =
  '[12:00:05,000][WARNING][tcp-comm-worker-#1][TcpCommunicationSpi] Failed to connect to node (is node still alive?). Make sure that each ComputeTask and cache Transaction has a timeout set';
const EXPIRED = 'class org.gridgain: License has expired: 05/31/2026';

describe('marks in a log', () => {
  it.each<[string, string[], string[]]>([
    ['nothing is amiss', [TOGETHER, EXCHANGED], []],
    ['an exchange stands still', [TOGETHER, STALLED], [MARKS.exchangeStalled]],
    ['it went on after all', [STALLED, EXCHANGED], []],
    ['a node finds no other', [LONELY], [MARKS.joinFails]],
    ['it found one after all', [LONELY, TOGETHER], []],
    [
      'another cannot be reached meanwhile',
      [TOGETHER, UNREACHABLE, STALLED],
      [MARKS.exchangeStalled, MARKS.peerUnreachable],
    ],
    ['the licence has expired', [EXPIRED], [MARKS.licenceRefused]],
  ])('say that %s', (_what, lines, expected) => {
    expect(marksIn(lines, LOG_MARKS)).toEqual(expected);
  });
});

/** A node whose container is in this state, and what its logs say. */
function context(
  status: object,
  logs?: (ref: unknown, options: { previous?: boolean }) => Promise<string>,
) {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orders-0' },
    status: { containerStatuses: [{ name: 'ignite', ...status }] },
  };
  return {
    namespace: 'orders',
    observation: { container: 'ignite', logMarks: LOG_MARKS },
    objects: { pods: { known: true, value: [pod], at: NOW } },
    kubernetes: { logs },
  } as unknown as ProbeContext;
}

const RUNNING = { state: { running: {} }, ready: true };
const CRASHED = {
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1 } },
  ready: false,
};

describe('the probe of logs', () => {
  it('keeps of a line nothing but its name', async () => {
    const found = await probeLogMarks(
      context(RUNNING, async () => `${STALLED} key=alice@example.com\n`),
      signal,
    );
    expect(found).toEqual([{ name: MARKS.exchangeStalled, pod: 'orders-0' }]);
  });

  it('reads why a container ended in what ran before', async () => {
    const asked: unknown[] = [];
    const found = await probeLogMarks(
      context(CRASHED, async (_ref, { previous }) => {
        asked.push(previous);
        return EXPIRED;
      }),
      signal,
    );
    expect(asked).toEqual([true]);
    expect(found).toEqual([{ name: MARKS.licenceRefused, pod: 'orders-0' }]);
  });

  it('asks nothing of a container that has not begun, and then knows nothing', async () => {
    const never = async () => {
      throw new Error('asked');
    };
    const waiting = { state: { waiting: { reason: 'PodInitializing' } } };
    await expect(
      probeLogMarks(context(waiting, never), signal),
    ).rejects.toThrow('no node has begun to write a log');
  });

  it('says where no logs are kept', async () => {
    await expect(probeLogMarks(context(RUNNING), signal)).rejects.toThrow(
      'this Kubernetes cluster keeps no logs',
    );
  });
});
