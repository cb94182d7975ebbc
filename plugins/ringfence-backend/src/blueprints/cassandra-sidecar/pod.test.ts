import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import { completePlatform } from '../__fixtures__/platform';
import { manifestOf } from './__fixtures__/stages';

const PRODUCTION = { profile: 'production' };

function pod(changes: Record<string, unknown> = {}, platform?: Platform) {
  return manifestOf('StatefulSet', changes, undefined, platform).spec.template;
}
function container(changes: Record<string, unknown> = {}, platform?: Platform) {
  return pod(changes, platform).spec.containers[0];
}
/** Variables by name: their text, or the field that they are of. */
function environment(
  changes: Record<string, unknown> = {},
  platform?: Platform,
) {
  const { env } = container(changes, platform);
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }: any) => [
      name,
      value ?? valueFrom.fieldRef.fieldPath,
    ]),
  );
}

const withIstio = (version?: string): Platform => ({
  ...completePlatform,
  istio: { ...completePlatform.istio!, version },
});

const jvm = (directMemory: string, cores: number) =>
  `-XX:MaxDirectMemorySize=${directMemory} -XX:ParallelGCThreads=${cores} -XX:ConcGCThreads=${cores} -XX:-HeapDumpOnOutOfMemoryError`;

describe('a pod of Cassandra', () => {
  it('tells the image who the node is and where to find the ring', () => {
    expect(container()).toMatchObject({
      name: 'cassandra',
      image: 'cassandra:5.0.8',
    });
    expect(environment()).toMatchObject({
      CASSANDRA_CLUSTER_NAME: 'orders',
      CASSANDRA_DC: 'datacenter1',
      CASSANDRA_RACK: 'rack1',
      CASSANDRA_SEEDS: 'orders-0.orders.orders.svc.cluster.local',
      CASSANDRA_ENDPOINT_SNITCH: 'GossipingPropertyFileSnitch',
    });
  });

  it.each([['1.10.0'], ['1.31.1'], [undefined]])(
    "listens on the pod's own address with Istio %s",
    version => {
      const env = environment({}, withIstio(version));
      expect(env.CASSANDRA_LISTEN_ADDRESS).toBe('status.podIP');
      expect(env).not.toHaveProperty('CASSANDRA_BROADCAST_ADDRESS');
    },
  );

  it('listens on 127.0.0.1 only where sidecars forward to it, before Istio 1.10', () => {
    expect(environment({}, withIstio('1.9.9'))).toMatchObject({
      CASSANDRA_LISTEN_ADDRESS: '127.0.0.1',
      CASSANDRA_BROADCAST_ADDRESS: 'status.podIP',
    });
  });

  it('starts after its sidecar, which answers for its ports', () => {
    const { annotations } = pod().metadata;
    expect(JSON.parse(annotations['proxy.istio.io/config'])).toEqual({
      holdApplicationUntilProxyStarts: true,
    });
    expect(annotations['sidecar.istio.io/rewriteAppHTTPProbers']).toBe('true');
  });

  it.each<[string, Partial<Platform>]>([
    ['Istio before 1.27', withIstio('1.26.4')],
    ['an Istio whose version is not known', withIstio()],
    ['Kubernetes before 1.29', { kubernetesVersion: 'v1.28.15' }],
  ])('keeps its sidecar until it is drained with %s', (_name, change) => {
    const { annotations } = pod(
      {},
      { ...completePlatform, ...change },
    ).metadata;
    expect(JSON.parse(annotations['proxy.istio.io/config'])).toEqual({
      holdApplicationUntilProxyStarts: true,
      terminationDrainDuration: '60s',
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    [
      'the dev profile',
      {},
      { MAX_HEAP_SIZE: '512M', JVM_EXTRA_OPTS: jvm('256M', 1) },
    ],
    [
      'production',
      PRODUCTION,
      { MAX_HEAP_SIZE: '8192M', JVM_EXTRA_OPTS: jvm('4096M', 4) },
    ],
    [
      'Cassandra 4.1, which wants its young generation sized too',
      { ...PRODUCTION, version: '4.1.10' },
      {
        MAX_HEAP_SIZE: '8192M',
        HEAP_NEWSIZE: '2048M',
        JVM_EXTRA_OPTS: jvm('4096M', 4),
      },
    ],
    [
      'much memory, of which the heap takes no more than it can point to',
      { ...PRODUCTION, resources: { memory: '128Gi' } },
      { MAX_HEAP_SIZE: '31744M' },
    ],
  ])(
    'derives its heap from the memory, with %s',
    (_name, changes, expected) => {
      expect(environment(changes)).toMatchObject(expected);
    },
  );

  it('leaves the young generation to the collector of Cassandra 5.0', () => {
    expect(environment()).not.toHaveProperty('HEAP_NEWSIZE');
  });

  it('has cores and memory of its own in production', () => {
    const { requests, limits } = container(PRODUCTION).resources;
    expect(limits).toEqual({ cpu: '4', memory: '16896Mi' });
    expect(requests).toEqual(limits);
    expect(container().resources).toEqual({
      requests: { cpu: '250m', memory: '1536Mi' },
      limits: { cpu: '1', memory: '1536Mi' },
    });
  });

  it('passes Pod Security "restricted" as the user of the image, and writes to its volumes alone', () => {
    const { spec } = pod(PRODUCTION);
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 999,
      runAsGroup: 999,
      fsGroup: 999,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const containers = [...spec.containers, ...spec.initContainers];
    expect(containers).toHaveLength(2);
    for (const { securityContext } of containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
    }
    expect(
      container().volumeMounts.map(({ mountPath }: any) => mountPath),
    ).toEqual([
      '/var/lib/cassandra',
      '/etc/cassandra',
      '/var/log/cassandra',
      '/tmp',
    ]);
    const volumes = spec.volumes.map(({ name }: any) => name);
    expect(volumes).toEqual(['settings', 'etc', 'logs', 'tmp']);
  });

  it('mounts no Secret: its superuser is made over CQL', () => {
    expect(JSON.stringify(pod())).not.toContain('secret');
  });

  it('has probes that its sidecar rewrites, and drains before it stops', () => {
    const { startupProbe, readinessProbe, livenessProbe, lifecycle } =
      container();
    expect(startupProbe.tcpSocket).toEqual({ port: 9042 });
    expect(readinessProbe.tcpSocket).toEqual({ port: 9042 });
    expect(livenessProbe.tcpSocket).toEqual({ port: 7000 });
    expect(lifecycle.preStop.exec.command).toEqual(['nodetool', 'drain']);
  });
});
