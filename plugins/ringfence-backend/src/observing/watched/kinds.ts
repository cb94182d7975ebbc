import {
  MANAGED_BY_LABEL,
  MANAGER,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { ObjectSelector } from '@ringfence/backstage-plugin-ringfence-node';

const OURS = { [MANAGED_BY_LABEL]: MANAGER };
const GATEWAY_API = 'gateway.networking.k8s.io/v1';
const ISTIO_SECURITY = 'security.istio.io/v1';
const ISTIO_NETWORKING = 'networking.istio.io/v1';

/** Which namespaces hold databases. */
export const NAMESPACES: ObjectSelector = {
  apiVersion: 'v1',
  kind: 'Namespace',
  labels: OURS,
};

/** Where Istio is installed unless somebody chose otherwise. */
export const USUAL_ROOT_NAMESPACE = 'istio-system';

/** What makes up the mesh, wherever it is installed. */
export const ZTUNNELS: ObjectSelector = {
  apiVersion: 'v1',
  kind: 'Pod',
  labels: { app: 'ztunnel' },
};

/** Kinds of which those in the mesh's root namespace hold for the whole mesh. */
const OF_MESH = new Set([
  'PeerAuthentication',
  'AuthorizationPolicy',
  'DestinationRule',
  'EnvoyFilter',
  'Sidecar',
]);

/** Kinds that reach into other namespaces, by the hosts that they name. */
export const REACHING = ['ServiceEntry', 'VirtualService', 'DestinationRule'];

/**
 * What every database is judged by. Pods are many, and ours are labelled; of
 * all others somebody else's may be the danger, or the label may be off: they
 * are followed everywhere, and kept where databases are.
 */
export const KINDS: readonly ObjectSelector[] = [
  ZTUNNELS,
  { apiVersion: 'v1', kind: 'Pod', labels: OURS },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  { apiVersion: 'v1', kind: 'Event' },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: GATEWAY_API, kind: 'Gateway' },
  { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' },
  { apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest' },
  // What nobody judges but by its manifest.
  { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', labels: OURS },
  { apiVersion: 'v1', kind: 'ServiceAccount', labels: OURS },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', labels: OURS },
  { apiVersion: ISTIO_SECURITY, kind: 'PeerAuthentication' },
  { apiVersion: ISTIO_SECURITY, kind: 'AuthorizationPolicy' },
  { apiVersion: ISTIO_NETWORKING, kind: 'ServiceEntry' },
  { apiVersion: ISTIO_NETWORKING, kind: 'VirtualService' },
  { apiVersion: ISTIO_NETWORKING, kind: 'DestinationRule' },
  { apiVersion: ISTIO_NETWORKING, kind: 'Sidecar' },
  { apiVersion: 'gateway.networking.k8s.io/v1beta1', kind: 'ReferenceGrant' },
  // Its only version.
  { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter' },
];

/** Whatever asks for them: no watch may see what is in them. */
const NEVER_WATCHED = new Set(['Secret', 'ConfigMap']);

/** Whether a kind may be followed. */
export function isWatchable({ kind }: { readonly kind: string }): boolean {
  return !NEVER_WATCHED.has(kind);
}

/** Whether objects of a kind are kept also where no database is. */
export function isKeptEverywhere({ kind, labels }: ObjectSelector): boolean {
  return labels !== undefined || OF_MESH.has(kind) || REACHING.includes(kind);
}

/** Whether an object in the mesh's root namespace changes what holds for every database. */
export function holdsForMesh({ kind }: ObjectSelector): boolean {
  return OF_MESH.has(kind);
}

/** Tells watches apart. */
export function watchKey({ apiVersion, kind, labels }: ObjectSelector): string {
  return [apiVersion, kind, JSON.stringify(labels ?? {})].join(' ');
}
