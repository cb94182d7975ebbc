import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { VERSIONS } from '../../platform';
import {
  proxyContainer,
  SIDECAR_PORTS,
  validationContainer,
  VOLUMES,
  type Workload,
} from './template';

/** Label of a Namespace: whether its pods get a sidecar. */
export const INJECTION_LABEL = 'istio-injection';
/** Label of a Namespace or a pod: which istiod injects. */
const REVISION_LABEL = 'istio.io/rev';
/** Label of a pod, and formerly an annotation: `false` for none. */
const INJECT = 'sidecar.istio.io/inject';
/** Annotation of a pod that has got a sidecar. */
export const STATUS_ANNOTATION = 'sidecar.istio.io/status';
/** Label of a pod whose sidecar takes mutual TLS: others speak it to such pods only. */
export const TLS_MODE_LABEL = 'security.istio.io/tlsMode';

/** The one revision that runs here. */
const REVISION = 'default';

type Labels = Readonly<Record<string, string>>;

/** Whether a namespace asks for sidecars by its labels; the older one wins. */
export function injectsByDefault(labels: Labels = {}): boolean {
  const wanted = labels[INJECTION_LABEL];
  return wanted ? wanted === 'enabled' : labels[REVISION_LABEL] === REVISION;
}

/** Whether a new pod gets a sidecar; what was made before its namespace had the label got none. */
export function wantsSidecar(
  pod: Manifest,
  namespace: Manifest | undefined,
): boolean {
  const { labels = {}, annotations = {} } = pod.metadata;
  if (!takesSidecar(pod)) return false;
  const own = labels[INJECT] ?? annotations[INJECT];
  if (own === 'false') return false;
  const home = namespace?.metadata.labels ?? {};
  if (home[INJECTION_LABEL] === 'disabled') return false;
  if (injectsByDefault(home)) return true;
  // Elsewhere a pod may ask by itself.
  return labels[INJECT] === 'true' || labels[REVISION_LABEL] === REVISION;
}

/** Whether a sidecar can be put into a pod: one on its node's network, or that has one, gets none. */
export function takesSidecar({ spec, metadata }: Manifest): boolean {
  return !spec.hostNetwork && !metadata.annotations?.[STATUS_ANNOTATION];
}

/** Whether a pod was made with a sidecar; gateways and ztunnels are proxies, too, of the same name. */
export function hasSidecar({ spec, metadata }: Manifest): boolean {
  return (
    metadata.annotations?.[STATUS_ANNOTATION] !== undefined &&
    (spec.initContainers ?? []).some(({ name }: any) => name === 'istio-proxy')
  );
}

/** A new pod with its sidecar, as istiod 1.31 with istio-cni makes it. */
export function injectSidecar<T extends Manifest>(pod: T): T {
  const workload = workloadOf(pod);
  const { labels = {}, annotations = {} } = pod.metadata;
  const version = VERSIONS.istio;
  const added = [
    validationContainer(version),
    proxyContainer(pod as KubernetesObject, { workload, version }),
  ];
  const app = pod.spec.containers[0].name;
  const canonical =
    labels['app.kubernetes.io/name'] ?? labels.app ?? workload.name;
  const revision =
    labels['app.kubernetes.io/version'] ?? labels.version ?? 'latest';
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        'service.istio.io/canonical-name': canonical,
        'service.istio.io/canonical-revision': revision,
        ...labels,
        [TLS_MODE_LABEL]: 'istio',
      },
      annotations: {
        'kubectl.kubernetes.io/default-container': app,
        'kubectl.kubernetes.io/default-logs-container': app,
        'prometheus.io/path': '/stats/prometheus',
        'prometheus.io/port': String(SIDECAR_PORTS.stats),
        'prometheus.io/scrape': 'true',
        ...annotations,
        [REVISION_LABEL]: REVISION,
        'sidecar.istio.io/interceptionMode': 'REDIRECT',
        'traffic.sidecar.istio.io/excludeInboundPorts': String(
          SIDECAR_PORTS.stats,
        ),
        'traffic.sidecar.istio.io/includeInboundPorts': '*',
        'traffic.sidecar.istio.io/includeOutboundIPRanges': '*',
        [STATUS_ANNOTATION]: JSON.stringify({
          initContainers: added.map(({ name }) => name),
          containers: null,
          volumes: VOLUMES.map(({ name }) => name),
          imagePullSecrets: null,
          revision: REVISION,
        }),
      },
    },
    spec: {
      ...pod.spec,
      // Before the pod's own: those are to be in the mesh already.
      initContainers: [...added, ...(pod.spec.initContainers ?? [])],
      volumes: [...VOLUMES, ...(pod.spec.volumes ?? [])],
    },
  };
}

/** What made a pod; a pod alone stands for itself. */
function workloadOf({ metadata }: Manifest): Workload {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return { apiVersion: 'v1', kind: 'Pod', name: metadata.name };
  const { apiVersion, kind, name } = owner;
  // A ReplicaSet is named after its Deployment, with a hash behind.
  return kind === 'ReplicaSet'
    ? { apiVersion, kind: 'Deployment', name: name.replace(/-[^-]+$/, '') }
    : { apiVersion, kind, name };
}
