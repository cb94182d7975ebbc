import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import { timestamp } from './controllers/conditions';
import { NODE_NAMES } from './nodes';

/** A condition that holds since the sandbox started. */
export const ready = (type: string, reason: string, message = '') => ({
  type,
  status: 'True',
  reason,
  message,
  lastTransitionTime: timestamp(new Date()),
});

/** A program that the sandbox says runs. */
export interface Program {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly labels: Record<string, string>;
  readonly container: string;
  readonly env?: Array<{ name: string; value: string }>;
}

function podTemplate({ labels, container, image, env, name }: Program) {
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: name,
      containers: [{ name: container, image, ...(env && { env }) }],
    },
  };
}

/** A Deployment of one replica, available. */
export function deployment(program: Program): Manifest {
  const { name, labels } = program;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: program.namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: podTemplate(program),
    },
    status: {
      observedGeneration: 1,
      replicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      updatedReplicas: 1,
      conditions: [ready('Available', 'MinimumReplicasAvailable')],
    },
  };
}

/** A DaemonSet and its pods, one address for each node. */
export function daemonSet(
  program: Program,
  addresses: readonly string[],
): Manifest[] {
  const { name, namespace: home, labels } = program;
  const count = addresses.length;
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace: home, labels },
      spec: {
        selector: { matchLabels: labels },
        template: podTemplate(program),
      },
      status: {
        observedGeneration: 1,
        currentNumberScheduled: count,
        desiredNumberScheduled: count,
        numberAvailable: count,
        numberMisscheduled: 0,
        numberReady: count,
        updatedNumberScheduled: count,
      },
    },
    ...addresses.map((address, index) =>
      daemonPod(program, NODE_NAMES[index], address),
    ),
  ];
}

function daemonPod(
  program: Program,
  nodeName: string,
  address: string,
): Manifest {
  const { name, namespace: home, labels, container, image } = program;
  const conditions = [
    'PodScheduled',
    'Initialized',
    'ContainersReady',
    'Ready',
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-${nodeName}`, namespace: home, labels },
    spec: { ...podTemplate(program).spec, nodeName },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      hostIP: '127.0.0.1',
      conditions: conditions.map(type => ready(type, '')),
      containerStatuses: [
        { name: container, image, ready: true, started: true, restartCount: 0 },
      ],
    },
  };
}
