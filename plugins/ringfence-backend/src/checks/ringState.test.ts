import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf, type Row } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { claim, NAMESPACE, pod } from './__testUtils__/objects';
import { ringLoad } from './ringLoad';
import { ringPods } from './ringPods';
import { ringRestarts } from './ringRestarts';
import { ringSchema } from './ringSchema';
import { ringVolumes } from './ringVolumes';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});
const healthy = () => healthyFacts(pki);

describe('ring.schema', () => {
  const schemas = (...all: [string, ...string[]][]) => ({
    schemas: seen(all.map(([version, ...nodes]) => ({ version, nodes }))),
  });
  it.each<Row>([
    ['is ok with one version', {}, ['ok Agrees']],
    [
      'warns of two',
      schemas(['a', '10.0.0.1', '10.0.0.2'], ['b', '10.0.0.3']),
      ['warning Disagrees'],
    ],
    [
      'fails where a node could not be asked',
      schemas(['a', '10.0.0.1'], ['UNREACHABLE', '10.0.0.3']),
      ['failing Unreachable'],
    ],
    ['is unknown where nobody told', schemas(), ['unknown NothingTold']],
    [
      'is unknown without a probe',
      { schemas: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(ringSchema, healthy(), changes)).toEqual(verdicts);
  });
});

describe('ring.load', () => {
  const loads = (...all: (string | undefined)[]) => ({
    ring: seen(
      all.map((load, index) => ({
        address: `10.244.0.1${index}`,
        state: 'UN',
        datacenter: 'datacenter1',
        load,
      })),
    ),
  });
  it.each<Row>([
    ['is ok where all hold the same', loads('2 GiB', '2.5 GiB'), ['ok Even']],
    [
      'is ok where all hold little',
      loads('114.69 KiB', '900 MiB'),
      ['ok Even'],
    ],
    [
      'warns where one holds much more',
      loads('2 GiB', '9.5 GiB', '3 GiB'),
      ['warning Uneven'],
    ],
    [
      'reads numbers with a comma',
      loads('2,5 GiB', '9,5 GiB'),
      ['warning Uneven'],
    ],
    ['says nothing where nodes do not tell', loads('?', undefined), []],
    ['is unknown without the ring', { ring: FORBIDDEN }, ['unknown NotLooked']],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(ringLoad, healthy(), changes)).toEqual(verdicts);
  });
});

describe('ring.volumes', () => {
  const claims = (...all: KubernetesObject[]) => ({ volumeClaims: seen(all) });
  const deleted: KubernetesObject = {
    ...claim(2),
    metadata: {
      ...claim(2).metadata,
      deletionTimestamp: '2026-06-01T11:00:00Z',
    },
  };
  const resizing: KubernetesObject = {
    ...claim(2),
    status: {
      phase: 'Bound',
      conditions: [{ type: 'FileSystemResizePending', status: 'True' }],
    },
  };
  it.each<Row>([
    ['is ok where every claim is bound', {}, ['ok Bound']],
    [
      'fails where one is missing',
      claims(claim(0), claim(1)),
      ['failing Missing'],
    ],
    [
      'fails where one waits for a volume',
      claims(claim(0), claim(1), claim(2, 'Pending')),
      ['failing NotBound'],
    ],
    [
      'fails where one has lost its volume, before all else',
      claims(claim(0, 'Lost'), claim(1, 'Pending')),
      ['failing Lost'],
    ],
    [
      'fails where one is being deleted',
      claims(claim(0), claim(1), deleted),
      ['failing BeingDeleted'],
    ],
    [
      'warns while one is made larger',
      claims(claim(0), claim(1), resizing),
      ['warning Resizing'],
    ],
    [
      'says nothing of a StatefulSet without volumes',
      {
        statefulSet: seen({
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { name: 'orders', namespace: NAMESPACE },
          spec: { replicas: 3 },
        }),
      },
      [],
    ],
    [
      'is unknown without rights',
      { volumeClaims: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(ringVolumes, healthy(), changes)).toEqual(verdicts);
  });
});

function podWith(status: Record<string, unknown>): KubernetesObject {
  const base = pod(1, {}, false);
  return {
    ...base,
    status: {
      ...base.status,
      containerStatuses: [{ name: 'scylla', ...status }],
    },
  };
}

describe('ring.restarts', () => {
  const ended = (reason: string, finishedAt: string) => ({
    lastState: { terminated: { reason, exitCode: 137, finishedAt } },
  });
  const pods = (status: Record<string, unknown>) => ({
    pods: seen([pod(0), podWith(status)]),
  });
  it.each<Row>([
    ['is ok where nothing restarts', {}, ['ok Steady']],
    [
      'does not mind a single restart',
      pods({ restartCount: 1, ...ended('Error', '2026-06-01T11:59:00Z') }),
      ['ok Steady'],
    ],
    [
      'does not mind many that are long ago',
      pods({ restartCount: 9, ...ended('Error', '2026-05-01T11:59:00Z') }),
      ['ok Steady'],
    ],
    [
      'warns of many where the last is new',
      pods({ restartCount: 3, ...ended('Error', '2026-06-01T11:59:00Z') }),
      ['warning RestartsOften'],
    ],
    [
      'does not believe a clock ahead of ours to be long ago',
      pods({ restartCount: 3, ...ended('Error', '2026-06-01T12:02:00Z') }),
      ['warning RestartsOften'],
    ],
    [
      'warns of one that took too much memory',
      pods({ restartCount: 1, ...ended('OOMKilled', '2026-06-01T11:30:00Z') }),
      ['warning OutOfMemory'],
    ],
    [
      'fails where one ends as soon as it starts',
      pods({ state: { waiting: { reason: 'CrashLoopBackOff' } } }),
      ['failing CrashLoop'],
    ],
    ['is unknown without rights', { pods: FORBIDDEN }, ['unknown NotLooked']],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(ringRestarts, healthy(), changes)).toEqual(verdicts);
  });
});

describe('ring.pods, of several StatefulSets', () => {
  const statefulSets = [
    { name: 'orders', replicas: 3 },
    { name: 'orders-b', replicas: 1 },
  ];

  it.each<[string, KubernetesObject[], string]>([
    ['counts the pods of all', [pod(0), pod(1), pod(2), pod(3)], 'ok Ready'],
    ['misses one of any', [pod(0), pod(1), pod(2)], 'failing NotReady'],
  ])('%s', (_name, pods, verdict) => {
    const facts = healthy();
    // One node is in another Kubernetes cluster.
    const observation = { ...facts.observation, statefulSets, replicas: 5 };
    expect(
      verdictsOf(ringPods, facts, { observation, pods: seen(pods) }),
    ).toEqual([verdict]);
  });
});

describe('ring.pods, with what Kubernetes says of a pod', () => {
  const warningOf = (message: string, lastTimestamp: string) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `e-${lastTimestamp}`, namespace: NAMESPACE },
    type: 'Warning',
    reason: 'FailedMount',
    message,
    lastTimestamp,
    involvedObject: { kind: 'Pod', name: 'orders-1' },
  });
  const unscheduled: KubernetesObject = {
    ...pod(1, {}, false),
    status: {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/3 nodes are available',
        },
      ],
    },
  };
  it.each<[string, KubernetesObject, string]>([
    [
      'a pod that finds no node',
      unscheduled,
      'orders-1 is not ready: Unschedulable: 0/3 nodes are available',
    ],
    [
      'an image that cannot be had',
      podWith({
        state: {
          waiting: { reason: 'ImagePullBackOff', message: 'not found' },
        },
      }),
      'orders-1 is not ready: ImagePullBackOff: not found',
    ],
    [
      'the newest warning where the pod says nothing itself',
      podWith({ state: { waiting: { reason: 'ContainerCreating' } } }),
      'orders-1 is not ready: FailedMount: no such Secret',
    ],
  ])('words %s', (_name, object, summary) => {
    const [finding] = findingsOf(ringPods, {
      ...healthy(),
      pods: seen([pod(0), object, pod(2)]),
      warnings: seen([
        warningOf('timed out', '2026-06-01T11:00:00Z'),
        warningOf('no such Secret', '2026-06-01T11:30:00Z'),
      ]),
    });
    expect(finding).toMatchObject({ reason: 'NotReady', summary });
  });

  const placed: KubernetesObject = {
    ...pod(1, { creationTimestamp: '2026-06-01T11:00:00Z' }, false),
    status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
  };
  it.each<[string, object]>([
    [
      'that it once found no node, now that it has one',
      {
        ...warningOf('0/3 nodes are available', '2026-06-01T11:30:00Z'),
        reason: 'FailedScheduling',
      },
    ],
    [
      'what befell its predecessor of the same name',
      warningOf('no such Secret', '2026-06-01T10:30:00Z'),
    ],
    [
      'what befell another',
      {
        ...warningOf('no such Secret', '2026-06-01T11:30:00Z'),
        involvedObject: { kind: 'Pod', name: 'orders-2' },
      },
    ],
  ])('does not say of a pod %s', (_what, event) => {
    const [{ summary }] = findingsOf(ringPods, {
      ...healthy(),
      pods: seen([pod(0), placed, pod(2)]),
      warnings: seen([event as KubernetesObject]),
    });
    expect(summary).toBe('orders-1 is not ready');
  });
});
