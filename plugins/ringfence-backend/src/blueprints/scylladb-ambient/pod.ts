import {
  CONTAINER_SECURITY,
  containerResources,
  CQL_PORT,
  DATA_VOLUME,
  DRAIN_BEFORE_STOP,
  memoryVolume,
  names,
  podAddress,
  ringPod,
  ringProbes,
  seedHost,
  settingsContainer,
  STORAGE_PORT,
  toMebibytes,
  type CqlRing,
  type IContainer,
  type IPodSpec,
} from '@ringfence/backstage-plugin-ringfence-node';
import { SETTINGS_FILE, SUPERUSER_SETTINGS } from './settings';
import type { ScylladbAmbientSpec } from './spec';

/** Name of ScyllaDB's container. */
export const CONTAINER = 'scylla';
/** Where metrics are, in Prometheus' format. */
export const METRICS = { name: 'tcp-metrics', port: 9180 } as const;

/** Image of ScyllaDB without its tag. */
const IMAGE = 'scylladb/scylla';

const DATA_FOLDER = '/var/lib/scylla';
/** What ScyllaDB reads, and its image's start-up scripts write. */
const SETTINGS_FOLDERS = {
  etc: '/etc/scylla',
  'etc-d': '/etc/scylla.d',
} as const;

type Ring = Pick<CqlRing, 'application' | 'superuserData'>;

/** A pod of the ring. */
export function scyllaPod(spec: ScylladbAmbientSpec, ring: Ring): IPodSpec {
  return ringPod(spec, ring, {
    initContainers: [settings(spec, ring)],
    containers: [databaseContainer(spec)],
    volumes: [
      ...Object.keys(SETTINGS_FOLDERS).map(memoryVolume),
      ...(ring.superuserData ? [superuserVolume(spec)] : []),
    ],
  });
}

/**
 * What the image brings, our settings over it, and the superuser where a
 * release takes it from there. Secrets go from file to file and appear on no
 * command line.
 */
function settings(spec: ScylladbAmbientSpec, ring: Ring): IContainer {
  const sources = ring.superuserData
    ? `/settings/${SETTINGS_FILE} /superuser/${SUPERUSER_SETTINGS}`
    : `/settings/${SETTINGS_FILE}`;
  return settingsContainer({
    image: image(spec),
    script: [
      `cp -r ${SETTINGS_FOLDERS.etc}/. /work/etc/`,
      `cp -r ${SETTINGS_FOLDERS['etc-d']}/. /work/etc-d/`,
      `cat ${sources} > /work/etc/${SETTINGS_FILE}`,
    ],
    mounts: [
      ...(ring.superuserData
        ? [{ name: 'superuser', mountPath: '/superuser', readOnly: true }]
        : []),
      { name: 'etc', mountPath: '/work/etc' },
      { name: 'etc-d', mountPath: '/work/etc-d' },
    ],
  });
}

function superuserVolume(spec: ScylladbAmbientSpec) {
  return {
    name: 'superuser',
    secret: {
      secretName: names.superuserSecret(spec),
      items: [{ key: SUPERUSER_SETTINGS, path: SUPERUSER_SETTINGS }],
      defaultMode: 0o440,
    },
  };
}

function databaseContainer(spec: ScylladbAmbientSpec): IContainer {
  return {
    name: CONTAINER,
    image: image(spec),
    args: databaseArguments(spec),
    env: [
      podAddress('POD_IP'),
      // The start-up scripts write the settings of cqlsh there.
      { name: 'HOME', value: DATA_FOLDER },
    ],
    ports: [
      { name: 'tcp-cql', containerPort: CQL_PORT },
      { name: 'tcp-internode', containerPort: STORAGE_PORT },
      { name: METRICS.name, containerPort: METRICS.port },
    ],
    ...ringProbes(spec),
    lifecycle: DRAIN_BEFORE_STOP,
    resources: containerResources(spec),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: DATA_VOLUME, mountPath: DATA_FOLDER },
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
