import type {
  Facts,
  KubernetesObject,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import { seen, type Pki } from './certificates';
import { healthyFacts } from './facts';
import { NAMESPACE, pod, service } from './objects';

/** When the sidecars of tests started; the database two seconds later. */
const SIDECAR_START = '2026-06-01T08:00:00Z';
const DATABASE_START = '2026-06-01T08:00:02Z';

/** What keeps the database from starting before its sidecar. */
const HELD = {
  'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true\n',
};

/** How a pod's sidecar is. */
export interface SidecarOptions {
  readonly native?: boolean;
  readonly ready?: boolean;
  readonly startedAt?: string;
  readonly restartCount?: number;
  readonly annotations?: Record<string, string>;
}

/** A ready pod of the database with its sidecar. */
export function injectedPod(
  ordinal: number,
  options: SidecarOptions = {},
): KubernetesObject {
  const { native = true, ready = true, annotations = HELD } = options;
  const base = pod(ordinal, { annotations });
  const proxy = { name: 'istio-proxy' };
  const proxyStatus = {
    name: 'istio-proxy',
    ready,
    restartCount: options.restartCount ?? 0,
    state: { running: { startedAt: options.startedAt ?? SIDECAR_START } },
  };
  const databaseStatus = {
    name: 'cassandra',
    ready: true,
    restartCount: 0,
    state: { running: { startedAt: DATABASE_START } },
  };
  return {
    ...base,
    spec: {
      ...base.spec,
      initContainers: native ? [{ ...proxy, restartPolicy: 'Always' }] : [],
      containers: [{ name: 'cassandra' }, ...(native ? [] : [proxy])],
    },
    status: {
      ...base.status,
      initContainerStatuses: native ? [proxyStatus] : [],
      containerStatuses: native
        ? [databaseStatus]
        : [databaseStatus, proxyStatus],
    },
  };
}

/** Traffic to the database as a sidecar counts it. */
export function sidecarTraffic(
  changes: Partial<TrafficSample> = {},
): TrafficSample {
  return {
    reporter: 'destination',
    sourceWorkload: 'orders-gateway-istio',
    sourceNamespace: NAMESPACE,
    sourcePrincipal: 'spiffe://cluster.local/ns/orders/sa/orders-gateway-istio',
    destinationWorkload: 'orders',
    destinationService: 'orders-cql.orders.svc.cluster.local',
    securityPolicy: 'mutual_tls',
    connectionsOpened: 12,
    receivedBytes: 3400,
    ...changes,
  };
}

/** Traffic between the nodes. */
export function ringTraffic(
  changes: Partial<TrafficSample> = {},
): TrafficSample {
  return sidecarTraffic({
    sourceWorkload: 'orders',
    sourcePrincipal: 'spiffe://cluster.local/ns/orders/sa/orders',
    destinationService: 'orders.orders.svc.cluster.local',
    connectionsOpened: 6,
    ...changes,
  });
}

/** A headless Service with every port of a Cassandra ring named. */
export function headlessService(): KubernetesObject {
  return service('orders', {
    clusterIP: 'None',
    ports: [
      { name: 'tcp-client', port: 9042 },
      { name: 'tcp-intra-node', port: 7000 },
      { name: 'tcp-tls-intra-node', port: 7001 },
      { name: 'tcp-jmx', port: 7199 },
    ],
  });
}

/** Facts about a database in sidecar mode whose fence holds; `changes` break it. */
export function sidecarFacts(pki: Pki, changes: Partial<Facts> = {}): Facts {
  const ambient = healthyFacts(pki);
  return {
    ...ambient,
    observation: {
      ...ambient.observation,
      meshMode: 'sidecar',
      container: 'cassandra',
      ringPorts: [7000, 7001],
    },
    namespace: seen({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: { 'istio-injection': 'enabled' } },
    }),
    statefulSet: seen(
      statefulSet([{ name: 'cassandra', env: [{ name: 'MAX_HEAP_SIZE' }] }]),
    ),
    pods: seen([injectedPod(0), injectedPod(1), injectedPod(2)]),
    services: seen([headlessService(), service('orders-cql')]),
    ztunnelPods: seen([]),
    telemetry: seen([sidecarTraffic(), ringTraffic()]),
    ...changes,
  };
}

/** A StatefulSet whose pods have these containers. */
export function statefulSet(containers: unknown[]): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'orders', namespace: NAMESPACE },
    spec: {
      replicas: 3,
      template: { metadata: { labels: {} }, spec: { containers } },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
    },
  };
}
