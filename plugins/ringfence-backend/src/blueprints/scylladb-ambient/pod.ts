import {
  names,
  podSelector,
  serviceHosts,
  toMebibytes,
  type IContainer,
  type IPodSpec,
  type IProbe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION, CONTAINER, IMAGE } from './application';
import { CQL_PORT, METRICS_PORT, STORAGE_PORT } from './ports';
import { SETTINGS_FILE, SUPERUSER_SETTINGS } from './settings';
import type { ScylladbAmbientSpec } from './spec';
import { releaseLineOf } from './versions';

/**
 * An ordinary user, by number: the image names its user, and Kubernetes cannot
 * tell a name from root. The number of "scylla" in the image has changed with
 * its base; nothing here depends on it, since every folder that ScyllaDB
 * writes to is a volume.
 */
const USER_ID = 999;

/** What nodetool and cqlsh need in the container besides ScyllaDB itself. */
const TOOLS_MEBIBYTES = 512;
/** In the dev profile cores are shared: this much of one is reserved. */
const DEV_CPU_REQUEST = '250m';

const DATA_FOLDER = '/var/lib/scylla';
/** What ScyllaDB reads, and its image's start-up scripts write. */
const SETTINGS_FOLDERS = {
  etc: '/etc/scylla',
  'etc-d': '/etc/scylla.d',
} as const;

const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};

/** A pod of the ring. */
export function podSpec(spec: ScylladbAmbientSpec): IPodSpec {
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
    topologySpreadConstraints: [spreadOverNodes(spec)],
    affinity: preferOtherZones(spec),
    initContainers: [settingsContainer(spec)],
    containers: [databaseContainer(spec)],
    volumes: volumes(spec),
  };
}

function spreadOverNodes(spec: ScylladbAmbientSpec) {
  const production = spec.profile === 'production';
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: production
      ? ('DoNotSchedule' as const)
      : ('ScheduleAnyway' as const),
    labelSelector: { matchLabels: podSelector(spec, APPLICATION) },
  };
}

/**
 * A preference and no second spread constraint: where nodes carry no zone label,
 * the scheduler would leave the first one out of account, too.
 */
function preferOtherZones(spec: ScylladbAmbientSpec) {
  const { labelSelector } = spreadOverNodes(spec);
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
 * Puts the settings together in memory: what the image brings, ours over it,
 * and the superuser where a release takes it from there. Secrets go from file
 * to file and appear on no command line.
 */
function settingsContainer(spec: ScylladbAmbientSpec): IContainer {
  const withSuperuser = !releaseLineOf(spec.version).makesPublicSuperuser;
  const sources = withSuperuser
    ? `/settings/${SETTINGS_FILE} /superuser/${SUPERUSER_SETTINGS}`
    : `/settings/${SETTINGS_FILE}`;
  const script = [
    'set -eu',
    'umask 077',
    `cp -r ${SETTINGS_FOLDERS.etc}/. /work/etc/`,
    `cp -r ${SETTINGS_FOLDERS['etc-d']}/. /work/etc-d/`,
    `cat ${sources} > /work/etc/${SETTINGS_FILE}`,
  ].join('\n');
  return {
    name: 'settings',
    image: image(spec),
    command: ['/bin/sh', '-c', script],
    securityContext: CONTAINER_SECURITY,
    resources: {
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '500m', memory: '64Mi' },
    },
    volumeMounts: [
      { name: 'settings', mountPath: '/settings', readOnly: true },
      ...(withSuperuser
        ? [{ name: 'superuser', mountPath: '/superuser', readOnly: true }]
        : []),
      { name: 'etc', mountPath: '/work/etc' },
      { name: 'etc-d', mountPath: '/work/etc-d' },
    ],
  };
}

function databaseContainer(spec: ScylladbAmbientSpec): IContainer {
  return {
    name: CONTAINER,
    image: image(spec),
    args: databaseArguments(spec),
    env: [
      {
        name: 'POD_IP',
        valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
      },
      // The start-up scripts write the settings of cqlsh there.
      { name: 'HOME', value: DATA_FOLDER },
    ],
    ports: [
      { name: 'tcp-cql', containerPort: CQL_PORT },
      { name: 'tcp-internode', containerPort: STORAGE_PORT },
      { name: 'tcp-metrics', containerPort: METRICS_PORT },
    ],
    ...probes(spec),
    // Gives the ring notice, so that no client meets a node that just left.
    lifecycle: { preStop: { exec: { command: ['nodetool', 'drain'] } } },
    resources: resources(spec),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'data', mountPath: DATA_FOLDER },
      ...Object.entries(SETTINGS_FOLDERS).map(([name, mountPath]) => ({
        name,
        mountPath,
      })),
    ],
  };
}

function image({ version }: ScylladbAmbientSpec): string {
  return `${IMAGE}:${version}`;
}

/** @see https://docs.scylladb.com/manual/stable/operating-scylla/procedures/tips/best-practices-scylla-on-docker.html */
function databaseArguments(spec: ScylladbAmbientSpec): string[] {
  const { profile, resources: asked } = spec;
  const dev = profile === 'dev';
  const options: Record<string, string> = {
    'cluster-name': spec.name,
    dc: spec.datacenter,
    rack: spec.rack,
    // One seed, and the same for all: a second that cannot be resolved yet
    // would stop the first node from starting.
    seeds: seedHost(spec),
    smp: String(asked.cores),
    memory: `${toMebibytes(asked.memory)}M`,
    overprovisioned: dev ? '1' : '0',
    'developer-mode': dev ? '1' : '0',
    // Measuring the disks takes minutes, and developer mode does not ask for it.
    'io-setup': dev ? '0' : '1',
    'endpoint-snitch': 'GossipingPropertyFileSnitch',
    'api-address': '127.0.0.1',
    'listen-address': '$(POD_IP)',
    'rpc-address': '0.0.0.0',
    'broadcast-rpc-address': '$(POD_IP)',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  // The check would send the version to ScyllaDB's makers, past the fence.
  return [...args, '--disable-version-check'];
}

function seedHost(spec: ScylladbAmbientSpec): string {
  const [, service] = serviceHosts(names.ring(spec), spec.namespace);
  return `${names.pod(spec, 0)}.${service}`;
}

/**
 * ScyllaDB opens CQL once it is part of the ring. Liveness asks the storage
 * port, which stays open while a node joins or drains: neither is a reason to
 * kill it.
 */
function probes({ profile }: ScylladbAmbientSpec): {
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

/** In production requests equal limits in whole cores, so that the kubelet may pin them. */
function resources({ profile, resources: asked }: ScylladbAmbientSpec) {
  const memory = `${toMebibytes(asked.memory) + TOOLS_MEBIBYTES}Mi`;
  const cpu = String(asked.cores);
  return {
    requests: { cpu: profile === 'dev' ? DEV_CPU_REQUEST : cpu, memory },
    limits: { cpu, memory },
  };
}

function volumes(spec: ScylladbAmbientSpec): IPodSpec['volumes'] {
  const inMemory = { medium: 'Memory', sizeLimit: '16Mi' };
  const superuser = {
    name: 'superuser',
    secret: {
      secretName: names.superuserSecret(spec),
      items: [{ key: SUPERUSER_SETTINGS, path: SUPERUSER_SETTINGS }],
      defaultMode: 0o440,
    },
  };
  return [
    { name: 'settings', configMap: { name: names.settings(spec) } },
    { name: 'etc', emptyDir: inMemory },
    { name: 'etc-d', emptyDir: inMemory },
    ...(releaseLineOf(spec.version).makesPublicSuperuser ? [] : [superuser]),
  ];
}
