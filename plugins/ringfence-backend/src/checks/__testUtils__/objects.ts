import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** The namespace of the database of tests. */
export const NAMESPACE = 'orders';

/** A ready pod of the database, in the mesh. */
export function pod(
  ordinal: number,
  changes: Partial<KubernetesObject['metadata']> = {},
  ready = true,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `orders-${ordinal}`,
      namespace: NAMESPACE,
      labels: { 'app.kubernetes.io/instance': 'orders' },
      annotations: { 'ambient.istio.io/redirection': 'enabled' },
      ...changes,
    },
    spec: { nodeName: `node-${ordinal}` },
    status: {
      podIP: `10.244.0.1${ordinal}`,
      podIPs: [{ ip: `10.244.0.1${ordinal}` }],
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

/** A ztunnel on the node of the pod of the same ordinal. */
export function ztunnel(ordinal: number, ready = true): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `ztunnel-${ordinal}`,
      namespace: 'istio-system',
      labels: { app: 'ztunnel' },
    },
    spec: { nodeName: `node-${ordinal}` },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

/** A PeerAuthentication; `selector` makes it one for a workload. */
export function peerAuthentication(
  mode: string,
  options: {
    namespace?: string;
    name?: string;
    selector?: Record<string, string>;
    port?: Record<number, { mode: string }>;
    created?: string;
  } = {},
): KubernetesObject {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: {
      name: options.name ?? 'orders',
      namespace: options.namespace ?? NAMESPACE,
      creationTimestamp: options.created ?? '2026-05-01T00:00:00Z',
    },
    spec: {
      mtls: { mode },
      ...(options.selector && { selector: { matchLabels: options.selector } }),
      ...(options.port && { portLevelMtls: options.port }),
    },
  };
}

/** A Service of the database's pods. */
export function service(
  name: string,
  spec: Record<string, unknown> = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      type: 'ClusterIP',
      selector: { 'app.kubernetes.io/instance': 'orders' },
      ports: [{ name: 'tcp-client', port: 9042, protocol: 'TCP' }],
      ...spec,
    },
  };
}

/** The endpoints of a Service: the pods of these ordinals. */
export function endpointSlice(
  serviceName: string,
  ordinals: readonly number[],
  ready = true,
): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${serviceName}-abcde`,
      namespace: NAMESPACE,
      labels: { 'kubernetes.io/service-name': serviceName },
    },
    addressType: 'IPv4',
    endpoints: ordinals.map(ordinal => ({
      addresses: [`10.244.0.1${ordinal}`],
      conditions: { ready },
      targetRef: { kind: 'Pod', name: `orders-${ordinal}` },
    })),
  };
}

/** The volume claim of the pod of this ordinal. */
export function claim(ordinal: number, phase = 'Bound'): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `data-orders-${ordinal}`, namespace: NAMESPACE },
    spec: { storageClassName: 'fast' },
    status: { phase, capacity: { storage: '10Gi' } },
  };
}
