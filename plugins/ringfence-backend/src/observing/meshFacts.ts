import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { allOf } from './look';
import type { ObjectSource } from './ObjectSource';
import { USUAL_ROOT_NAMESPACE } from './watched/kinds';

const ISTIO_SECURITY = 'security.istio.io/v1';
const ISTIO_NETWORKING = 'networking.istio.io/v1';
const ENVOY_FILTER = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
};
/** Rules of traffic that hold for the whole mesh where they are in its root namespace. */
const MESH_TRAFFIC_RULES = ['DestinationRule', 'Sidecar'];
const ZTUNNEL_LABELS = { app: 'ztunnel' };

/**
 * What holds for the whole mesh is in its root namespace, where ztunnel runs.
 *
 * @param rootNamespace - absent: it is not known, and taken to be where the ztunnels are
 */
export async function gatherMeshFacts(
  source: ObjectSource,
  namespace: string,
  rootNamespace?: string,
) {
  const pods = { apiVersion: 'v1', kind: 'Pod', labels: ZTUNNEL_LABELS };
  const everywhere = await source.list(pods);
  // The right to list pods everywhere may be missing where the one in the usual namespace is there.
  const labelled = everywhere.known
    ? everywhere
    : await source.list({ ...pods, namespace: USUAL_ROOT_NAMESPACE });
  const ztunnelHome = rootNamespaceOf(labelled.known ? labelled.value : []);
  const ztunnelPods = labelled.known
    ? {
        ...labelled,
        value: labelled.value.filter(
          ({ metadata }) => metadata.namespace === ztunnelHome,
        ),
      }
    : labelled;
  const root = rootNamespace ?? ztunnelHome;
  const inRoot = (apiVersion: string, kind: string) =>
    source.list({ apiVersion, kind, namespace: root });
  const homes = [...new Set([namespace, root])];
  const [
    meshPeerAuthentications,
    meshAuthorizationPolicies,
    envoyFilters,
    meshTrafficRules,
  ] = await Promise.all([
    inRoot(ISTIO_SECURITY, 'PeerAuthentication'),
    inRoot(ISTIO_SECURITY, 'AuthorizationPolicy'),
    Promise.all(
      homes.map(home => source.list({ ...ENVOY_FILTER, namespace: home })),
    ).then(allOf),
    Promise.all(
      MESH_TRAFFIC_RULES.map(kind => inRoot(ISTIO_NETWORKING, kind)),
    ).then(allOf),
  ]);
  return {
    ztunnelPods,
    meshPeerAuthentications,
    meshAuthorizationPolicies,
    envoyFilters,
    meshTrafficRules,
  };
}

/**
 * Anybody may give a pod of their own ztunnel's label, and must not pass for
 * the mesh by it: the usual namespace goes first, then the one with most pods,
 * since ztunnel runs on every node.
 */
function rootNamespaceOf(pods: readonly KubernetesObject[]): string {
  const counts = new Map<string, number>();
  for (const { metadata } of pods) {
    const name = metadata.namespace ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size === 0 || counts.has(USUAL_ROOT_NAMESPACE)) {
    return USUAL_ROOT_NAMESPACE;
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0][0];
}
