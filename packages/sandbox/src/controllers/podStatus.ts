import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { timestamp, withConditions, type Condition } from './conditions';

/** What a pod's status is to say. */
export interface WantedStatus {
  readonly phase: 'Pending' | 'Running';
  readonly ready?: boolean;
  readonly waiting?: string;
  readonly restarted?: boolean;
  readonly address?: string;
  /** The init containers are under way: sidecars run, the others have not begun. */
  readonly initializing?: boolean;
}

/** A pod's status as a kubelet writes it. */
export function podStatus(
  pod: KubernetesObject,
  wanted: WantedStatus,
  now: Date,
) {
  const { phase, ready = false, waiting, address } = wanted;
  const before = pod.status ?? {};
  return {
    ...before,
    phase,
    startTime: before.startTime ?? timestamp(now),
    hostIP: '127.0.0.1',
    qosClass: before.qosClass ?? 'Burstable',
    ...(address && { podIP: address, podIPs: [{ ip: address }] }),
    conditions: withConditions(
      before.conditions,
      podConditions(phase, ready, waiting),
      { now },
    ),
    ...initContainerStatuses(pod, wanted, now),
    containerStatuses: pod.spec.containers.map((container: any) =>
      containerStatus(container, pod, wanted, now),
    ),
  };
}

function containerStatus(
  { name, image }: { name: string; image: string },
  { status: before = {} }: KubernetesObject,
  { waiting, initializing, ready = false, restarted = false }: WantedStatus,
  now: Date,
) {
  const known = before.containerStatuses?.find((it: any) => it.name === name);
  const startedAt = known?.state?.running?.startedAt ?? timestamp(now);
  const state = initializing
    ? { waiting: { reason: 'PodInitializing' } }
    : { running: { startedAt } };
  return {
    name,
    image,
    imageID: '',
    ready,
    started: ready,
    restartCount: (known?.restartCount ?? 0) + (restarted ? 1 : 0),
    lastState: {},
    state: waiting
      ? { waiting: { reason: 'ContainerCreating', message: waiting } }
      : state,
  };
}

/** Those that go on are ready once they run, the others have done their work. */
function initContainerStatuses(
  { spec, status: before = {} }: KubernetesObject,
  { phase, initializing = false }: WantedStatus,
  now: Date,
) {
  const containers: any[] = spec.initContainers ?? [];
  if (containers.length === 0) return {};
  const runs = phase === 'Running' || initializing;
  return {
    initContainerStatuses: containers.map(({ name, image, restartPolicy }) => {
      const known = before.initContainerStatuses?.find(
        (it: any) => it.name === name,
      );
      const { running, terminated } = known?.state ?? {};
      const startedAt = (running ?? terminated)?.startedAt ?? timestamp(now);
      const goesOn = restartPolicy === 'Always';
      const ended = {
        exitCode: 0,
        reason: 'Completed',
        startedAt,
        finishedAt: terminated?.finishedAt ?? timestamp(now),
      };
      const state = goesOn ? { running: { startedAt } } : { terminated: ended };
      return {
        name,
        image,
        imageID: '',
        ready: runs,
        started: runs && goesOn,
        restartCount: 0,
        lastState: {},
        state: runs ? state : { waiting: { reason: 'PodInitializing' } },
      };
    }),
  };
}

function podConditions(
  phase: string,
  ready: boolean,
  waiting?: string,
): Condition[] {
  const status = (value: boolean) => (value ? 'True' : 'False');
  const unscheduled = waiting?.startsWith('0/') ?? false;
  const why = ready
    ? {}
    : {
        reason: 'ContainersNotReady',
        message: waiting ?? 'containers with unready status',
      };
  return [
    {
      type: 'PodScheduled',
      status: status(!unscheduled),
      ...(unscheduled ? { reason: 'Unschedulable', message: waiting } : {}),
    },
    { type: 'Initialized', status: status(phase === 'Running') },
    { type: 'ContainersReady', status: status(ready), ...why },
    { type: 'Ready', status: status(ready), ...why },
  ];
}
