import type { ServedApi } from '@ringfence/backstage-plugin-ringfence-node';

/** A kind that the store serves. */
export interface ServedKind extends ServedApi {
  /** Has a status subresource, so that apply and create leave `status` alone. */
  readonly status: boolean;
  /** What its names must be. */
  readonly names: 'subdomain' | 'label' | 'path';
}

type Options = Partial<Pick<ServedKind, 'namespaced' | 'status' | 'names'>>;

function kind(
  apiVersion: string,
  name: string,
  plural: string,
  options: Options = {},
): ServedKind {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: name,
    plural,
    namespaced: true,
    status: false,
    names: 'subdomain',
    ...options,
  };
}

const cluster = { namespaced: false };
const withStatus = { status: true };
const rbac = { names: 'path' } as const;

/** What a Kubernetes cluster with Gateway API, cert-manager and Istio serves, as far as Ringfence meets it. */
export const defaultKinds: readonly ServedKind[] = [
  kind('v1', 'Namespace', 'namespaces', {
    ...cluster,
    ...withStatus,
    names: 'label',
  }),
  kind('v1', 'Node', 'nodes', { ...cluster, ...withStatus }),
  kind('v1', 'PersistentVolume', 'persistentvolumes', {
    ...cluster,
    ...withStatus,
  }),
  kind('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', withStatus),
  kind('v1', 'Pod', 'pods', withStatus),
  kind('v1', 'Service', 'services', { ...withStatus, names: 'label' }),
  kind('v1', 'ServiceAccount', 'serviceaccounts'),
  kind('v1', 'Secret', 'secrets'),
  kind('v1', 'ConfigMap', 'configmaps'),
  kind('v1', 'Event', 'events'),
  kind('apps/v1', 'StatefulSet', 'statefulsets', withStatus),
  kind('apps/v1', 'Deployment', 'deployments', withStatus),
  kind('apps/v1', 'DaemonSet', 'daemonsets', withStatus),
  kind('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', withStatus),
  kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  kind('coordination.k8s.io/v1', 'Lease', 'leases'),
  kind('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  kind('rbac.authorization.k8s.io/v1', 'Role', 'roles', rbac),
  kind('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', rbac),
  kind('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', {
    ...rbac,
    ...cluster,
  }),
  kind(
    'rbac.authorization.k8s.io/v1',
    'ClusterRoleBinding',
    'clusterrolebindings',
    { ...rbac, ...cluster },
  ),
  kind('storage.k8s.io/v1', 'StorageClass', 'storageclasses', cluster),
  kind(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    { ...cluster, ...withStatus },
  ),
  kind('gateway.networking.k8s.io/v1', 'GatewayClass', 'gatewayclasses', {
    ...cluster,
    ...withStatus,
  }),
  kind('gateway.networking.k8s.io/v1', 'Gateway', 'gateways', withStatus),
  kind('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes', withStatus),
  kind('gateway.networking.k8s.io/v1', 'TCPRoute', 'tcproutes', withStatus),
  kind('gateway.networking.k8s.io/v1', 'TLSRoute', 'tlsroutes', withStatus),
  kind('cert-manager.io/v1', 'Certificate', 'certificates', withStatus),
  kind(
    'cert-manager.io/v1',
    'CertificateRequest',
    'certificaterequests',
    withStatus,
  ),
  kind('cert-manager.io/v1', 'Issuer', 'issuers', withStatus),
  kind('cert-manager.io/v1', 'ClusterIssuer', 'clusterissuers', {
    ...cluster,
    ...withStatus,
  }),
  kind(
    'security.istio.io/v1',
    'AuthorizationPolicy',
    'authorizationpolicies',
    withStatus,
  ),
  kind(
    'security.istio.io/v1',
    'PeerAuthentication',
    'peerauthentications',
    withStatus,
  ),
  kind('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors'),
  kind('networking.istio.io/v1', 'ServiceEntry', 'serviceentries', withStatus),
  kind(
    'networking.istio.io/v1',
    'VirtualService',
    'virtualservices',
    withStatus,
  ),
  kind(
    'networking.istio.io/v1',
    'DestinationRule',
    'destinationrules',
    withStatus,
  ),
  kind(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    cluster,
  ),
];

/** `group/version`, or the version alone for the core group. */
export function apiVersionOf(
  served: Pick<ServedKind, 'group' | 'version'>,
): string {
  return served.group ? `${served.group}/${served.version}` : served.version;
}

/** As the API server names a kind in messages: `tcproutes.gateway.networking.k8s.io`. */
export function resourceOf(
  served: Pick<ServedKind, 'group' | 'plural'>,
): string {
  return served.group ? `${served.plural}.${served.group}` : served.plural;
}

const WITH_GENERATION =
  /^(apps|policy|networking\.k8s\.io|gateway\.networking\.k8s\.io|cert-manager\.io|(security|networking)\.istio\.io|admissionregistration\.k8s\.io|monitoring\.coreos\.com|apiextensions\.k8s\.io)$/;

/** Whether the API server keeps a `generation` of a kind: it rises with each change outside of metadata and status. */
export function keepsGeneration({ group }: Pick<ServedKind, 'group'>): boolean {
  return WITH_GENERATION.test(group);
}
