import type {
  KubernetesObject,
  Manifest,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  createMemoryKubernetesCluster,
  type MemoryKubernetesCluster,
} from '../store';

/** Longest wait of a test for a controller. */
const PATIENCE_MS = 20_000;

/** A Kubernetes cluster in memory with these namespaces. */
export function memoryWith(...namespaces: string[]): MemoryKubernetesCluster {
  return createMemoryKubernetesCluster({
    objects: namespaces.map(name => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })),
  });
}

/** The object once it is as wanted, seen on a watch. */
export async function objectOnce(
  kubernetes: MemoryKubernetesCluster,
  ref: ObjectRef,
  wanted: (object: KubernetesObject) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<KubernetesObject> {
  const { name, ...selector } = ref;
  const signal = AbortSignal.timeout(patienceMs);
  let last: KubernetesObject | undefined;
  for await (const event of kubernetes.watch(selector, { signal })) {
    if (event.type === 'synced' || event.object.metadata.name !== name)
      continue;
    last = event.object;
    if (event.type !== 'deleted' && wanted(last)) return last;
  }
  throw new Error(
    `${ref.kind} "${name}" did not become as wanted: ${JSON.stringify(
      last?.status,
    )}`,
  );
}

/** Whether the object is gone, seen on a watch. */
export async function goneOnce(
  kubernetes: MemoryKubernetesCluster,
  ref: ObjectRef,
): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { name: _name, ...selector } = ref;
  for await (const _event of kubernetes.watch(selector, { signal })) {
    if (!(await kubernetes.get(ref))) return;
  }
  throw new Error(`${ref.kind} "${ref.name}" is still there`);
}

/** Whether a condition of the object is True. */
export const hasCondition =
  (type: string, status = 'True') =>
  (object: KubernetesObject) =>
    (object.status?.conditions ?? []).some(
      (condition: any) =>
        condition.type === type && condition.status === status,
    );

export function refOf(manifest: Manifest): ObjectRef {
  const { name, namespace } = manifest.metadata;
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    name,
    ...(namespace && { namespace }),
  };
}

const certManager = 'cert-manager.io/v1';

/** The two-tier PKI of a database: self-signed Issuer, CA, CA Issuer. */
export function pkiManifests(namespace: string): Manifest[] {
  return [
    {
      apiVersion: certManager,
      kind: 'Issuer',
      metadata: { name: 'selfsigned', namespace },
      spec: { selfSigned: {} },
    },
    {
      apiVersion: certManager,
      kind: 'Certificate',
      metadata: { name: 'ca', namespace },
      spec: {
        isCA: true,
        commonName: 'orders CA',
        secretName: 'ca',
        duration: '87600h',
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
        issuerRef: { kind: 'Issuer', name: 'selfsigned' },
      },
    },
    {
      apiVersion: certManager,
      kind: 'Issuer',
      metadata: { name: 'ca', namespace },
      spec: { ca: { secretName: 'ca' } },
    },
  ];
}

/** A service Certificate from Issuer `ca`. */
export function leafManifest(
  namespace: string,
  spec: Record<string, unknown> = {},
): Manifest {
  return {
    apiVersion: certManager,
    kind: 'Certificate',
    metadata: { name: 'orders', namespace },
    spec: {
      commonName: 'orders.example.com',
      dnsNames: ['orders.example.com'],
      ipAddresses: ['127.0.0.1'],
      secretName: 'orders-tls',
      duration: '2160h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      issuerRef: { kind: 'Issuer', name: 'ca' },
      ...spec,
    },
  };
}
