import type { IContainer, IPodSpec, IProbe } from '../manifest';
import { names, podSelector } from '../names';
import type { CqlRing } from './CqlRing';
import { CQL_PORT, STORAGE_PORT } from './ports';
import type { CqlRingSpec } from './spec';

/**
 * An ordinary user, by number: images name their user, and Kubernetes cannot
 * tell a name from root. It is `cassandra` in the image of that name. The number
 * of `scylla` has changed with the base of its image; nothing depends on it,
 * since every folder that a node writes to is a volume.
 */
const USER_ID = 999;

/** Of the volume that holds a node's data. */
export const DATA_VOLUME = 'data';
/** Of the ConfigMap with the settings. */
const SETTINGS_VOLUME = 'settings';

/** What Pod Security `restricted` asks of each container. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};

/** What a kind of ring adds to a pod. */
type OwnPod = Required<
  Pick<IPodSpec, 'initContainers' | 'containers' | 'volumes'>
>;

/** A pod of a ring: an ordinary user, spread over the nodes of Kubernetes, with its settings mounted. */
export function ringPod(
  spec: CqlRingSpec,
  { application }: Pick<CqlRing, 'application'>,
  { initContainers, containers, volumes }: OwnPod,
): IPodSpec {
  const settings = {
    name: SETTINGS_VOLUME,
    configMap: { name: names.settings(spec) },
  };
  return {
    serviceAccountName: names.ring(spec),
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: spec.profile === 'production' ? 600 : 120,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [spreadOverNodes(spec, application)],
    affinity: preferOtherZones(spec, application),
    initContainers,
    containers,
    volumes: [settings, ...volumes],
  };
}

function spreadOverNodes(spec: CqlRingSpec, application: string) {
  const production = spec.profile === 'production';
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: production
      ? ('DoNotSchedule' as const)
      : ('ScheduleAnyway' as const),
    labelSelector: { matchLabels: podSelector(spec, application) },
  };
}

/**
 * A preference and no second spread constraint: where nodes carry no zone label,
 * the scheduler would leave the first one out of account, too.
 */
function preferOtherZones(spec: CqlRingSpec, application: string) {
  const { labelSelector } = spreadOverNodes(spec, application);
  const topologyKey = 'topology.kubernetes.io/zone';
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { labelSelector, topologyKey } },
      ],
    },
  };
}

/**
 * Puts the settings together in volumes of the pod before the database starts:
 * what the image brings, and the ConfigMap's files (in `/settings`) over it.
 *
 * @param script - lines of a shell script; the first failure ends it
 */
export function settingsContainer(options: {
  readonly image: string;
  readonly script: readonly string[];
  /** Besides the settings. */
  readonly mounts: NonNullable<IContainer['volumeMounts']>;
  readonly security?: IContainer['securityContext'];
}): IContainer {
  return {
    name: 'settings',
    image: options.image,
    command: [
      '/bin/sh',
      '-c',
      ['set -eu', 'umask 077', ...options.script].join('\n'),
    ],
    securityContext: options.security ?? CONTAINER_SECURITY,
    resources: {
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '500m', memory: '64Mi' },
    },
    volumeMounts: [
      { name: SETTINGS_VOLUME, mountPath: '/settings', readOnly: true },
      ...options.mounts,
    ],
  };
}

/** A volume in memory, for settings. */
export function memoryVolume(name: string) {
  return { name, emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } };
}

/** The address that the kubelet gave the pod, as a variable for arguments and settings. */
export function podAddress(name: string) {
  return { name, valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
}

/**
 * A node opens CQL once it is part of the ring. Liveness asks the storage
 * port, which is open while a node joins: that is no reason to kill it. A node
 * that drains closes both, and a pod that ends is asked for neither.
 */
export function ringProbes({ profile }: Pick<CqlRingSpec, 'profile'>): {
  startupProbe: IProbe;
  readinessProbe: IProbe;
  livenessProbe: IProbe;
} {
  const startMinutes = profile === 'production' ? 60 : 15;
  return {
    startupProbe: {
      tcpSocket: { port: CQL_PORT },
      periodSeconds: 5,
      failureThreshold: startMinutes * 12,
    },
    readinessProbe: {
      tcpSocket: { port: CQL_PORT },
      periodSeconds: 5,
      failureThreshold: 2,
    },
    livenessProbe: {
      tcpSocket: { port: STORAGE_PORT },
      periodSeconds: 10,
      failureThreshold: 12,
    },
  };
}

/** Gives the ring notice before a node stops, so that no client meets one that just left. */
export const DRAIN_BEFORE_STOP = {
  preStop: { exec: { command: ['nodetool', 'drain'] } },
};
