import type {
  GatewayClassInfo,
  KubernetesObject,
  Platform,
  ServedApi,
  StorageClassInfo,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { UsableKubernetesCluster } from '../kubernetes/KubernetesClusters';
import { discoverIstio } from './istio';
import { imageTag, Reader } from './Reader';

const GATEWAY_CLASSES = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
};
const STORAGE_CLASSES = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
};
const CLUSTER_ISSUERS = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'ClusterIssuer',
};
const NODES = { apiVersion: 'v1', kind: 'Node' };

/**
 * Reads what a Kubernetes cluster can do. A part that may not be read stays
 * empty and is listed as unreadable: the rest is worth knowing without it.
 *
 * @throws ServiceUnavailableError where the Kubernetes cluster does not answer
 */
export async function discoverPlatform(
  entry: UsableKubernetesCluster,
): Promise<Platform> {
  const { kubernetes, defaults } = entry;
  const { version, apis } = await kubernetes.discover();
  const reader = new Reader(kubernetes);
  const [
    gatewayApi,
    certManager,
    istio,
    gatewayClasses,
    storageClasses,
    clusterIssuers,
    nodes,
  ] = await Promise.all([
    discoverGatewayApi(reader, apis),
    discoverCertManager(reader, apis),
    discoverIstio(reader),
    reader.list(GATEWAY_CLASSES).then(objects => objects?.map(gatewayClass)),
    reader.list(STORAGE_CLASSES).then(objects => objects?.map(storageClass)),
    reader.list(CLUSTER_ISSUERS).then(objects => objects?.map(nameAndReady)),
    reader.list(NODES).then(objects => objects?.map(nameAndReady)),
  ]);
  return {
    kubernetesCluster: kubernetes.name,
    simulated: kubernetes.simulated,
    kubernetesVersion: version,
    apis,
    gatewayApi,
    certManager,
    istio,
    gatewayClasses: gatewayClasses ?? [],
    storageClasses: storageClasses ?? [],
    clusterIssuers: clusterIssuers ?? [],
    nodes: nodes ?? [],
    defaults,
    unreadable: reader.unreadable,
  };
}

async function discoverGatewayApi(
  reader: Reader,
  apis: readonly ServedApi[],
): Promise<Platform['gatewayApi']> {
  if (!serves(apis, 'gateway.networking.k8s.io', 'Gateway')) return undefined;
  const crd = await readCrd(reader, 'gateways.gateway.networking.k8s.io');
  const annotations = crd?.metadata.annotations ?? {};
  const channel = annotations['gateway.networking.k8s.io/channel'];
  return {
    bundleVersion: annotations['gateway.networking.k8s.io/bundle-version'],
    channel:
      channel === 'standard' || channel === 'experimental'
        ? channel
        : undefined,
  };
}

async function discoverCertManager(
  reader: Reader,
  apis: readonly ServedApi[],
): Promise<Platform['certManager']> {
  if (!serves(apis, 'cert-manager.io', 'Certificate')) return undefined;
  const crd = await readCrd(reader, 'certificates.cert-manager.io');
  const labelled = crd?.metadata.labels?.['app.kubernetes.io/version'];
  if (labelled) return { version: labelled };
  const deployments = await reader.list({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    labels: {
      'app.kubernetes.io/name': 'cert-manager',
      'app.kubernetes.io/component': 'controller',
    },
  });
  const container = deployments?.[0]?.spec?.template?.spec?.containers?.[0];
  return { version: imageTag(container?.image) };
}

function readCrd(reader: Reader, name: string) {
  return reader.get(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    name,
  );
}

function serves(apis: readonly ServedApi[], group: string, kind: string) {
  return apis.some(api => api.group === group && api.kind === kind);
}

function gatewayClass(object: KubernetesObject): GatewayClassInfo {
  return {
    name: object.metadata.name,
    controllerName: object.spec?.controllerName ?? '',
    accepted: hasCondition(object, 'Accepted'),
  };
}

function storageClass(object: KubernetesObject): StorageClassInfo {
  const { annotations = {}, name } = object.metadata;
  const parameters: Record<string, string> = object.parameters ?? {};
  return {
    name,
    default:
      annotations['storageclass.kubernetes.io/is-default-class'] === 'true',
    provisioner: object.provisioner ?? '',
    fsType: parameters['csi.storage.k8s.io/fstype'] ?? parameters.fsType,
  };
}

function nameAndReady(object: KubernetesObject) {
  return {
    name: object.metadata.name,
    ready: hasCondition(object, 'Ready'),
  };
}

function hasCondition(object: KubernetesObject, type: string): boolean {
  const conditions: Array<{ type: string; status: string }> =
    object.status?.conditions ?? [];
  return conditions.some(
    condition => condition.type === type && condition.status === 'True',
  );
}
