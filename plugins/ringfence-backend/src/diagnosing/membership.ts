import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { asksForSidecar, sidecarOf } from '../checks/sidecars';
import type { Workload } from './readClient';

/** How a client's traffic is captured by the mesh. */
export type Membership =
  | { readonly mode: 'ambient' | 'sidecar'; readonly how: string }
  | { readonly mode: 'none'; readonly how: string }
  | { readonly mode: 'unknown'; readonly how: string };

/** Takes a namespace or pod into the ambient mesh. @see https://istio.io/latest/docs/reference/config/labels/ */
const MODE_LABEL = 'istio.io/dataplane-mode';
/** Set on a pod by istio-cni once its traffic is captured. */
const REDIRECTION_ANNOTATION = 'ambient.istio.io/redirection';

/** Whether a workload is in the mesh: what its pods show; before there is one, what its namespace asks for. */
export function membershipOf(workload: Workload): Membership {
  const { pods } = workload;
  if (!pods.known) return { mode: 'unknown', how: pods.why };
  if (pods.value.length === 0) return ofNamespace(workload);
  const modes = new Set(pods.value.map(modeOfPod));
  const who = `the pods of "${workload.namespace}/${workload.serviceAccount}"`;
  const [mode] = modes;
  if (modes.size > 1) {
    return { mode: 'unknown', how: `Only some of ${who} are in the mesh` };
  }
  const how = {
    ambient: `ztunnel carries the traffic of ${who}`,
    sidecar: `Sidecars carry the traffic of ${who}`,
    none: `The traffic of ${who} passes the mesh by`,
  };
  return { mode, how: how[mode] };
}

function modeOfPod(pod: KubernetesObject): 'ambient' | 'sidecar' | 'none' {
  if (sidecarOf(pod)) return 'sidecar';
  return pod.metadata.annotations?.[REDIRECTION_ANNOTATION] === 'enabled'
    ? 'ambient'
    : 'none';
}

function ofNamespace({ namespace, namespaceObject }: Workload): Membership {
  if (!namespaceObject.known) {
    return { mode: 'unknown', how: namespaceObject.why };
  }
  const labels = namespaceObject.value?.metadata.labels ?? {};
  const where = `no pod runs yet, and namespace "${namespace}"`;
  if (asksForSidecar(labels)) {
    return { mode: 'sidecar', how: `${where} gives new ones a sidecar` };
  }
  return labels[MODE_LABEL] === 'ambient'
    ? { mode: 'ambient', how: `${where} is in the ambient mesh` }
    : { mode: 'none', how: `${where} is not in the mesh` };
}
