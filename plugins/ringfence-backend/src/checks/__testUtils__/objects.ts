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
