import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { MeshPod, MeshPolicy, Telemetry } from '@ringfence/data-plane';
import { withConditions } from './conditions';
import type { ControllerCluster, ControllerContext } from './context';
import {
  itself,
  keyOf,
  refOfKey,
  startController,
  type RunningController,
} from './controller';
import { workloadOf } from './gateways';

const pods = { apiVersion: 'v1', kind: 'Pod' };
const namespaces = { apiVersion: 'v1', kind: 'Namespace' };
const authorizationPolicies = {
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
};
const peerAuthentications = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
};

const MODE_LABEL = 'istio.io/dataplane-mode';
const REDIRECTION_ANNOTATION = 'ambient.istio.io/redirection';
/** ztunnel's name for STRICT without a selector. */
const STRICT_POLICY = 'istio-system/istio_converted_static_strict';

/** Takes pods into the mesh as istio-cni does, by the label of their namespace or their own. */
export function startPodCapture(context: ControllerContext): RunningController {
  const kubernetes = context.kubernetes.as('istio-cni', { force: true });
  return startController({
    name: 'istio-cni',
    kubernetes,
    log: context.log,
    watches: [
      { ...pods, concerns: itself },
      {
        ...namespaces,
        concerns: async ({ metadata }) =>
          (await kubernetes.list({ ...pods, namespace: metadata.name })).map(
            keyOf,
          ),
      },
    ],
    async reconcile(key) {
      const pod = await kubernetes.get(refOfKey(pods, key));
      if (!pod?.status?.podIP) return;
      const wanted = await isWanted(kubernetes, pod);
      if (wanted === isCaptured(pod)) return;
      const { name, namespace, uid, resourceVersion } = pod.metadata;
      const annotations: Record<string, string> = wanted
        ? { [REDIRECTION_ANNOTATION]: 'enabled' }
        : {};
      await kubernetes.apply({
        ...pods,
        metadata: { name, namespace, uid, resourceVersion, annotations },
      });
    },
  });
}

async function isWanted(kubernetes: ControllerCluster, pod: KubernetesObject) {
  const own = pod.metadata.labels?.[MODE_LABEL];
  if (own) return own === 'ambient';
  const namespace = await kubernetes.get({
    ...namespaces,
    name: pod.metadata.namespace!,
  });
  return namespace?.metadata.labels?.[MODE_LABEL] === 'ambient';
}

function isCaptured(pod: KubernetesObject): boolean {
  return pod.metadata.annotations?.[REDIRECTION_ANNOTATION] === 'enabled';
}

/** Says of each AuthorizationPolicy that ztunnel has it, as istiod does. */
export function startAuthorizationPolicies(
  context: ControllerContext,
): RunningController {
  const kubernetes = context.kubernetes.as('istiod', { force: true });
  return startController({
    name: 'authorizationpolicies',
    kubernetes,
    log: context.log,
    watches: [{ ...authorizationPolicies, concerns: itself }],
    async reconcile(key) {
      const policy = await kubernetes.get(refOfKey(authorizationPolicies, key));
      if (!policy || policy.spec?.targetRefs) return;
      const [condition] = withConditions(
        policy.status?.conditions,
        [
          {
            type: 'ZtunnelAccepted',
            status: 'True',
            reason: 'Accepted',
            message: 'attached to ztunnel',
          },
        ],
        { now: context.now() },
      );
      // A text here, unlike everywhere else.
      const observedGeneration = String(policy.metadata.generation);
      const conditions = [{ ...condition, observedGeneration }];
      await kubernetes.updateStatus({ ...policy, status: { conditions } });
    },
  });
}

/** Keeps what ztunnel's `/config_dump` shows. */
export function startMeshState(
  context: ControllerContext & { readonly telemetry: Telemetry },
): RunningController {
  const { kubernetes, telemetry } = context;
  const kinds = [pods, authorizationPolicies, peerAuthentications];
  return startController({
    name: 'mesh-state',
    kubernetes,
    log: context.log,
    watches: kinds.map(kind => ({ ...kind, concerns: () => ['mesh'] })),
    async reconcile() {
      const policies = await kubernetes.list(authorizationPolicies);
      const peers = await kubernetes.list(peerAuthentications);
      const running = (await kubernetes.list(pods)).filter(
        pod => pod.status?.podIP,
      );
      telemetry.setMesh({
        pods: running.map(pod => meshPod(pod, policies, peers)),
        policies: policies.map(meshPolicy),
      });
    },
  });
}

function meshPod(
  pod: KubernetesObject,
  policies: readonly KubernetesObject[],
  peers: readonly KubernetesObject[],
): MeshPod {
  const captured = isCaptured(pod);
  const strict = peers
    .filter(peer => peer.spec?.mtls?.mode === 'STRICT' && selects(peer, pod))
    .map(peer =>
      peer.spec.selector
        ? `${peer.metadata.namespace}/converted_peer_authentication_${peer.metadata.name}`
        : STRICT_POLICY,
    );
  const allowed = policies.filter(policy => selects(policy, pod)).map(keyOf);
  return {
    ...workloadOf(pod),
    name: pod.metadata.name,
    address: pod.status.podIP,
    node: pod.spec.nodeName,
    protocol: captured ? 'HBONE' : 'TCP',
    ...(captured && { authorizationPolicies: [...allowed, ...strict] }),
  };
}

function selects(policy: KubernetesObject, pod: KubernetesObject): boolean {
  if (policy.metadata.namespace !== pod.metadata.namespace) return false;
  const wanted = Object.entries(policy.spec?.selector?.matchLabels ?? {});
  return wanted.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

function meshPolicy(policy: KubernetesObject): MeshPolicy {
  return {
    name: policy.metadata.name,
    namespace: policy.metadata.namespace!,
    scope: policy.spec?.selector ? 'WorkloadSelector' : 'Namespace',
    action: policy.spec?.action === 'DENY' ? 'Deny' : 'Allow',
    rules: policy.spec?.rules,
  };
}
