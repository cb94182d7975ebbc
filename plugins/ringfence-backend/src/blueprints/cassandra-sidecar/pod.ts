import {
  CONTAINER_SECURITY,
  containerResources,
  CQL_PORT,
  DATA_VOLUME,
  DRAIN_BEFORE_STOP,
  isAtLeast,
  memoryVolume,
  parseVersion,
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
  type Platform,
  type Version,
} from '@ringfence/backstage-plugin-ringfence-node';
import { CONFIG_FOLDER, settingsScript, WORK_FOLDER } from './settings';
import type { CassandraSidecarSpec } from './spec';
import { releaseLineOf } from './versions';

/** Name of Cassandra's container. */
export const CONTAINER = 'cassandra';

/** The official image without its tag. */
const IMAGE = 'cassandra';

/** Larger heaps need longer pointers, and hold less for it. */
const LARGEST_HEAP_MEBIBYTES = 31 * 1024;

/** Since then a sidecar passes connections on to the pod's address, as they came; before, to 127.0.0.1. */
const SIDECAR_KEEPS_ADDRESS_SINCE: Version = [1, 10, 0];

/** Folders that Cassandra writes to, by the name of their volume; its own file system is read-only. */
const FOLDERS = {
  [DATA_VOLUME]: '/var/lib/cassandra',
  etc: CONFIG_FOLDER,
  logs: '/var/log/cassandra',
  tmp: '/tmp',
} as const;

const SECURITY = { ...CONTAINER_SECURITY, readOnlyRootFilesystem: true };

/** A pod of the ring, before the mesh injects its sidecar. */
export function cassandraPod(
  spec: CassandraSidecarSpec,
  ring: Pick<CqlRing, 'application'>,
  platform: Platform,
): IPodSpec {
  return ringPod(spec, ring, {
    initContainers: [
      settingsContainer({
        image: image(spec),
        script: settingsScript,
        mounts: [{ name: 'etc', mountPath: WORK_FOLDER }],
        security: SECURITY,
      }),
    ],
    containers: [databaseContainer(spec, platform)],
    volumes: [
      memoryVolume('etc'),
      // Of the collector alone: ten files of 10 MiB at the most.
      { name: 'logs', emptyDir: { sizeLimit: '256Mi' } },
      // Native libraries are unpacked there.
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
    ],
  });
}

function databaseContainer(
  spec: CassandraSidecarSpec,
  platform: Platform,
): IContainer {
  return {
    name: CONTAINER,
    image: image(spec),
    env: [
      ...addresses(platform),
      ...Object.entries({
        ...ringEnvironment(spec),
        ...memoryEnvironment(spec),
        // cqlsh keeps its history there.
        HOME: FOLDERS.tmp,
      }).map(([name, value]) => ({ name, value })),
    ],
    ports: [
      { name: 'tcp-client', containerPort: CQL_PORT },
      { name: 'tcp-intra-node', containerPort: STORAGE_PORT },
    ],
    ...ringProbes(spec),
    lifecycle: DRAIN_BEFORE_STOP,
    resources: containerResources(spec),
    securityContext: SECURITY,
    volumeMounts: Object.entries(FOLDERS).map(([name, mountPath]) => ({
      name,
      mountPath,
    })),
  };
}

function image({ version }: CassandraSidecarSpec): string {
  return `${IMAGE}:${version}`;
}

/** Where a node listens, and where the others find it. CQL listens on every address. */
function addresses({ istio }: Platform): NonNullable<IContainer['env']> {
  const version = parseVersion(istio?.version);
  if (!version || isAtLeast(version, SIDECAR_KEEPS_ADDRESS_SINCE)) {
    return [podAddress('CASSANDRA_LISTEN_ADDRESS')];
  }
  return [
    podAddress('CASSANDRA_BROADCAST_ADDRESS'),
    { name: 'CASSANDRA_LISTEN_ADDRESS', value: '127.0.0.1' },
  ];
}

/** @see https://hub.docker.com/_/cassandra, "Configuring Cassandra" */
function ringEnvironment(spec: CassandraSidecarSpec): Record<string, string> {
  return {
    CASSANDRA_CLUSTER_NAME: spec.name,
    CASSANDRA_DC: spec.datacenter,
    CASSANDRA_RACK: spec.rack,
    CASSANDRA_SEEDS: seedHost(spec),
    CASSANDRA_ENDPOINT_SNITCH: 'GossipingPropertyFileSnitch',
  };
}

/**
 * Half of the memory for the heap, a quarter at most for buffers outside of it,
 * and no more threads of the collector than cores: left to itself, the image
 * sizes these by the whole machine.
 */
function memoryEnvironment(spec: CassandraSidecarSpec): Record<string, string> {
  const { cores } = spec.resources;
  const memory = toMebibytes(spec.resources.memory);
  const heap = Math.min(Math.floor(memory / 2), LARGEST_HEAP_MEBIBYTES);
  const { collectsWithCms } = releaseLineOf(spec.version);
  return {
    MAX_HEAP_SIZE: `${heap}M`,
    ...(collectsWithCms && { HEAP_NEWSIZE: `${Math.floor(heap / 4)}M` }),
    // Of two that contradict each other the JVM takes the last, which are these.
    JVM_EXTRA_OPTS: [
      // 4.1 knows no variable for it, and would take as much again as the heap.
      `-XX:MaxDirectMemorySize=${Math.floor(heap / 2)}M`,
      `-XX:ParallelGCThreads=${cores}`,
      `-XX:ConcGCThreads=${cores}`,
      // As large as the heap, it would have the pod evicted for its volume of logs.
      '-XX:-HeapDumpOnOutOfMemoryError',
    ].join(' '),
  };
}
