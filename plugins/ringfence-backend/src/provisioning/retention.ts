import { NotAllowedError } from '@backstage/errors';
import { SPEC_CONFIG_MAP } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { identityOf, ownLabels, refOf } from './objects';

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Kinds that the built-in blueprints make, in any version of theirs: an older
 * spec may have made what a newer one no longer names. What leads clients in
 * goes first, so that nobody enters a database that is being taken apart.
 */
const KNOWN_KINDS: readonly Kind[] = [
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'TCPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'TLSRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1alpha3', kind: 'TLSRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1alpha2', kind: 'TCPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1alpha2', kind: 'TLSRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' },
  { apiVersion: 'cert-manager.io/v1', kind: 'Issuer' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy' },
  { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication' },
];

/** What keeps others away from the nodes: it goes when the last node has stopped. */
const FENCE_KINDS = [
  'NetworkPolicy',
  'AuthorizationPolicy',
  'PeerAuthentication',
];

/** Whether an object must outlast the database's pods. */
export function isFence({ kind }: KubernetesObject): boolean {
  return FENCE_KINDS.includes(kind);
}

/**
 * Never listed: Secrets because Ringfence does not list them, Namespace and
 * Lease because they outlive everything in them.
 */
const NEVER_LISTED = ['Secret', 'Namespace', 'Lease', 'PersistentVolumeClaim'];

/** Kinds to look through for a database's objects; those of `manifests` besides the known ones. */
export function kindsToSearch(manifests: readonly Manifest[]): Kind[] {
  const others = manifests
    .map(({ apiVersion, kind }) => ({ apiVersion, kind }))
    .filter(({ kind }) => !NEVER_LISTED.includes(kind));
  const distinct = new Map(
    // The newest manifests first: they hold what is built on the others.
    [...others.reverse(), ...KNOWN_KINDS].map(item => [
      `${item.apiVersion}/${item.kind}`,
      item,
    ]),
  );
  return [...distinct.values()].sort((a, b) => rank(a) - rank(b));
}

/** Kinds that are not known come first: they may be built on those that are. */
function rank({ kind }: Kind): number {
  return KNOWN_KINDS.findIndex(known => known.kind === kind);
}

/**
 * All objects in the namespace that carry this database's labels, in the order
 * in which to delete them.
 *
 * @param onForbidden - takes the kinds that may not be listed; absent: that is an error
 */
export async function listOwnObjects(
  kubernetes: KubernetesCluster,
  database: { namespace: string; name: string },
  kinds: readonly Kind[],
  onForbidden?: (error: NotAllowedError) => void,
): Promise<KubernetesObject[]> {
  const { apis } = await kubernetes.discover();
  const served = new Set(
    apis.map(({ group, version, kind }) =>
      group ? `${group}/${version}/${kind}` : `${version}/${kind}`,
    ),
  );
  const found = new Map<string, KubernetesObject>();
  for (const kind of kinds) {
    if (!served.has(`${kind.apiVersion}/${kind.kind}`)) continue;
    try {
      const objects = await kubernetes.list({
        ...kind,
        namespace: database.namespace,
        labels: ownLabels(database.name),
      });
      objects
        .filter(object => !belongsToAnother(object))
        // One object is served in several versions.
        .forEach(object => found.set(identityOf(refOf(object)), object));
    } catch (error) {
      if (!onForbidden || !(error instanceof NotAllowedError)) throw error;
      onForbidden(error);
    }
  }
  return [...found.values()];
}

/** Objects that a controller made copy labels of what they are made from, and go with it. */
function belongsToAnother({ metadata }: KubernetesObject): boolean {
  return (metadata.ownerReferences ?? []).length > 0;
}

/**
 * Whether an object stays when a database is decommissioned with its volumes
 * kept: the data, what proves the database's identity to its clients, and
 * what Ringfence needs to take it up again.
 */
export function isRetained(object: KubernetesObject): boolean {
  switch (object.kind) {
    case 'Namespace':
    case 'Lease':
    case 'Secret':
    case 'PersistentVolumeClaim':
    case 'Issuer':
      return true;
    case 'ConfigMap':
      return object.metadata.name === SPEC_CONFIG_MAP;
    case 'Certificate':
      return object.spec?.isCA === true;
    default:
      return false;
  }
}
