import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { timestamp, withConditions, type Condition } from './conditions';

/** What a pod's status is to say. */
export interface WantedStatus {
  readonly phase: 'Pending' | 'Running';
  readonly ready?: boolean;
  readonly waiting?: string;
  readonly restarted?: boolean;
  readonly address?: string;
}

/** A pod's status as a kubelet writes it. */
export function podStatus(
  pod: KubernetesObject,
  wanted: WantedStatus,
  now: Date,
) {
  const { phase, ready = false, waiting, restarted = false, address } = wanted;
  const before = pod.status ?? {};
  const startedAt =
    before.containerStatuses?.[0]?.state?.running?.startedAt ?? timestamp(now);
  const restartCount =
    (before.containerStatuses?.[0]?.restartCount ?? 0) + (restarted ? 1 : 0);
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
    containerStatuses: pod.spec.containers.map((container: any) => ({
      name: container.name,
      image: container.image,
      imageID: '',
      ready,
      started: ready,
      restartCount,
      lastState: {},
      state: waiting
        ? { waiting: { reason: 'ContainerCreating', message: waiting } }
        : { running: { startedAt } },
    })),
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
