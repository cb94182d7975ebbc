import type { Manifest, ObjectRef } from '../kubernetes';

/** A ConfigMap: an object that no controller touches. */
export function configMap(
  namespace: string,
  name: string,
  data: Record<string, string> = {},
  metadata: Record<string, unknown> = {},
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...metadata },
    data,
  };
}

/** A NetworkPolicy: an object with a generation and no status. */
export function networkPolicy(
  namespace: string,
  name: string,
  policyTypes: string[],
  labels: Record<string, string> = {},
): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels },
    spec: { podSelector: { matchLabels: { app: name } }, policyTypes },
  };
}

/** A Service: an object whose status no controller writes while its type is ClusterIP. */
export function service(namespace: string, name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      selector: { app: name },
      ports: [
        { name: 'tcp-cql', port: 9042, protocol: 'TCP', targetPort: 9042 },
      ],
    },
  };
}

/** A condition for a Service's status. */
export function condition(reason: string) {
  return {
    type: 'ringfence.dev/Contract',
    status: 'True',
    reason,
    message: 'written by the contract suite',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
}

/** Where a manifest's object is. */
export function refOf(manifest: Manifest): ObjectRef {
  const { name, namespace } = manifest.metadata;
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    name,
    namespace,
  };
}
