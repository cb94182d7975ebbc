import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { Labels } from './objects';

/** The container that Istio adds to a pod. */
const SIDECAR = 'istio-proxy';
/** Overrides of the proxy's configuration, as YAML or JSON. @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig */
const PROXY_CONFIG_ANNOTATION = 'proxy.istio.io/config';
const HOLDS = /holdApplicationUntilProxyStarts["']?\s*:\s*["']?true/;

/** What a pod's status says of one container. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: { readonly startedAt?: string };
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string };
  };
  readonly lastState?: {
    readonly terminated?: {
      readonly reason?: string;
      readonly exitCode?: number;
      readonly finishedAt?: string;
    };
  };
}

/** A pod's sidecar. */
export interface Sidecar {
  /** An init container that keeps running, which Kubernetes itself starts before the others. */
  readonly native: boolean;
  readonly status?: ContainerStatus;
}

/** The sidecar of a pod; undefined where it has none. */
export function sidecarOf(pod: KubernetesObject): Sidecar | undefined {
  const native = containers(pod.spec?.initContainers).find(
    ({ name, restartPolicy }) => name === SIDECAR && restartPolicy === 'Always',
  );
  if (native) {
    return {
      native: true,
      status: statusOf(pod.status?.initContainerStatuses, SIDECAR),
    };
  }
  const plain = containers(pod.spec?.containers).some(
    ({ name }) => name === SIDECAR,
  );
  return plain
    ? {
        native: false,
        status: statusOf(pod.status?.containerStatuses, SIDECAR),
      }
    : undefined;
}

/**
 * Whether the pod's other containers wait for its sidecar. A setting of the
 * whole mesh shows by what it makes: the sidecar first, with a hook that waits.
 */
export function holdsApplication(pod: KubernetesObject): boolean {
  const config = pod.metadata.annotations?.[PROXY_CONFIG_ANNOTATION] ?? '';
  const [first] = containers(pod.spec?.containers);
  return (
    HOLDS.test(config) ||
    (first?.name === SIDECAR && first.lifecycle?.postStart !== undefined)
  );
}

/**
 * Which of these ports a pod lets in past its sidecar: plaintext, asked by no
 * policy and counted by nobody.
 *
 * @see https://istio.io/latest/docs/reference/config/annotations/
 */
export function portsPastSidecar(
  { metadata }: KubernetesObject,
  ports: readonly number[],
): number[] {
  const annotations = metadata.annotations ?? {};
  // Nothing is redirected at all.
  if (annotations['sidecar.istio.io/interceptionMode'] === 'NONE') {
    return [...ports];
  }
  const excluded = annotations['traffic.sidecar.istio.io/excludeInboundPorts'];
  const included = annotations['traffic.sidecar.istio.io/includeInboundPorts'];
  return ports.filter(
    port =>
      listsPort(excluded ?? '', port) ||
      (included !== undefined && !listsPort(included, port)),
  );
}

/** `*` stands for every port. */
function listsPort(text: string, port: number): boolean {
  const entries = text.split(',').map(entry => entry.trim());
  return entries.includes('*') || entries.includes(String(port));
}

/** What a pod's status says of one of its containers. */
export function statusOf(
  statuses: readonly ContainerStatus[] | undefined,
  name: string,
): ContainerStatus | undefined {
  return statuses?.find(status => status.name === name);
}

/**
 * Whether labels of a namespace or a pod ask for a sidecar; undefined where
 * they say nothing. `istio-injection` goes before `istio.io/rev`.
 */
export function asksForSidecar(labels: Labels = {}): boolean | undefined {
  const wanted = labels['sidecar.istio.io/inject'];
  if (wanted !== undefined) return wanted === 'true';
  const injection = labels['istio-injection'];
  if (injection !== undefined) return injection === 'enabled';
  return labels['istio.io/rev'] ? true : undefined;
}

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly lifecycle?: { readonly postStart?: unknown };
}

function containers(list: unknown): readonly Container[] {
  return (list as readonly Container[] | undefined) ?? [];
}
