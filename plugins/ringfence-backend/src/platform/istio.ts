import type {
  KubernetesObject,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { parse } from 'yaml';
import { imageTag, type Reader } from './Reader';

/** Where Istio is installed unless somebody chose otherwise. */
const USUAL_ROOT_NAMESPACE = 'istio-system';
const DEFAULT_TRUST_DOMAIN = 'cluster.local';
/** Variants of the same version's image. @see https://istio.io/latest/docs/ops/configuration/security/harden-docker-images/ */
const IMAGE_VARIANT = /-(distroless|debug)$/;

/** Istio as its control plane was deployed; undefined where there is none to be seen. */
export async function discoverIstio(
  reader: Reader,
): Promise<Platform['istio']> {
  const deployments = await reader.list({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    labels: { app: 'istiod' },
  });
  const istiod = first(deployments);
  if (!istiod?.metadata.namespace) return undefined;
  const mesh = await readMeshConfig(reader, istiod);
  const rootNamespace = text(mesh.rootNamespace) ?? istiod.metadata.namespace;
  const container = discoveryContainer(istiod);
  const [ztunnels, cni] = await Promise.all([
    reader.list(daemonSets({ app: 'ztunnel' })),
    reader.list(daemonSets({ 'k8s-app': 'istio-cni-node' })),
  ]);
  const ztunnel = first(ztunnels);
  return {
    version: imageTag(container?.image)?.replace(IMAGE_VARIANT, ''),
    rootNamespace,
    trustDomain: text(mesh.trustDomain) ?? DEFAULT_TRUST_DOMAIN,
    alphaGatewayApi: container?.env?.some(isAlphaGatewayApi) ?? false,
    ambient: ztunnel && {
      desired: ztunnel.status?.desiredNumberScheduled ?? 0,
      ready: ztunnel.status?.numberReady ?? 0,
    },
    cni: (cni ?? []).length > 0,
  };
}

/** Anybody may give something of their own the label of Istio's: what is where it usually is goes first. */
function first(
  objects: readonly KubernetesObject[] | undefined,
): KubernetesObject | undefined {
  return (
    objects?.find(
      ({ metadata }) => metadata.namespace === USUAL_ROOT_NAMESPACE,
    ) ?? objects?.[0]
  );
}

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: ReadonlyArray<{ name: string; value?: string }>;
}

function discoveryContainer(istiod: KubernetesObject): Container | undefined {
  const containers: Container[] = istiod.spec?.template?.spec?.containers ?? [];
  return containers.find(({ name }) => name === 'discovery') ?? containers[0];
}

function isAlphaGatewayApi(variable: { name: string; value?: string }) {
  return (
    variable.name === 'PILOT_ENABLE_ALPHA_GATEWAY_API' &&
    variable.value === 'true'
  );
}

/** A revision of istiod has a ConfigMap of its own: `istio-<revision>`. */
async function readMeshConfig(
  reader: Reader,
  istiod: KubernetesObject,
): Promise<Record<string, unknown>> {
  const { namespace, labels = {} } = istiod.metadata;
  const revision = labels['istio.io/rev'];
  const name =
    revision && revision !== 'default' ? `istio-${revision}` : 'istio';
  const configMap = await reader.get('v1', 'ConfigMap', name, namespace);
  return parseMesh(configMap?.data?.mesh);
}

/** Istio itself goes on with its defaults where its configuration is no YAML. */
function parseMesh(mesh: string | undefined): Record<string, unknown> {
  try {
    return parse(mesh ?? '') ?? {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function daemonSets(labels: Record<string, string>) {
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', labels };
}
