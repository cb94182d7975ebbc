import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { GatewayUpstream } from '@ringfence/data-plane';
import { SERVICE_NAME_LABEL } from '../endpoints';
import { backendsOf } from './routes';
import type { ControllerCluster } from '../context';
import { hasSidecar } from '../sidecars/injection';
import { MeshRules } from '../sidecars/MeshRules';

/** Whether a pod lets connections to a port in. */
export type Admission = (pod: KubernetesObject, port: number) => boolean;

/** The ready endpoints behind routes that may be reached, with who they are in the mesh. */
export async function upstreamsOf(
  kubernetes: ControllerCluster,
  routes: Iterable<KubernetesObject>,
  admits: Admission = () => true,
): Promise<GatewayUpstream[]> {
  const upstreams = new Map<string, GatewayUpstream>();
  for (const route of routes) {
    for (const { ref, port } of backendsOf(route)) {
      for (const upstream of await endpointsOf(
        kubernetes,
        { ...ref, port },
        admits,
      )) {
        upstreams.set(`${upstream.address}:${upstream.port}`, upstream);
      }
    }
  }
  return [...upstreams.values()];
}

async function endpointsOf(
  kubernetes: ControllerCluster,
  { port, ...ref }: { namespace: string; name: string; port: number },
  admits: Admission,
): Promise<GatewayUpstream[]> {
  const service = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Service',
    ...ref,
  });
  const name =
    service?.spec?.ports?.find((it: any) => it.port === port)?.name ?? '';
  const slices = await kubernetes.list({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: ref.namespace,
    labels: { [SERVICE_NAME_LABEL]: ref.name },
  });
  const rules = await MeshRules.read(kubernetes, ref.namespace);
  const found: GatewayUpstream[] = [];
  for (const slice of slices) {
    const target = slice.ports?.find((it: any) => it.name === name)?.port;
    for (const { addresses, conditions, targetRef } of slice.endpoints ?? []) {
      if (!target || !conditions.ready) continue;
      const pod = await kubernetes.get({ apiVersion: 'v1', ...targetRef });
      const mesh = pod && sidecarOf(pod, { dialled: ref, port: target, rules });
      if (!pod || mesh?.refuses || !admits(pod, target)) continue;
      const { securityPolicy, destinationService } = mesh ?? {};
      found.push({
        address: addresses[0],
        port: target,
        ...workloadOf(pod),
        ...(mesh && { securityPolicy, destinationService }),
      });
    }
  }
  return found;
}

/** How a gateway that dials a Service speaks to a pod's sidecar; undefined where the pod has none. */
function sidecarOf(pod: KubernetesObject, { dialled, port, rules }: Dial) {
  if (!hasSidecar(pod)) return undefined;
  const isSecured = rules.speaksTls(dialled);
  return {
    // As the pod's sidecar knows it, which is not told what was dialled.
    destinationService: rules.serviceOf(pod, port),
    securityPolicy: isSecured ? 'mutual_tls' : 'unknown',
    refuses: !isSecured && !rules.takesPlaintext(pod, port),
  } as const;
}

interface Dial {
  readonly dialled: { readonly name: string; readonly namespace: string };
  readonly port: number;
  readonly rules: MeshRules;
}

/** Who a pod is in the mesh. */
export function workloadOf(pod: KubernetesObject) {
  const owner = pod.metadata.ownerReferences?.[0];
  return {
    workload: owner ? workloadName(owner) : pod.metadata.name,
    namespace: pod.metadata.namespace!,
    serviceAccount: (pod.spec.serviceAccountName as string) ?? 'default',
  };
}

/** A ReplicaSet is named after its Deployment, with a hash behind. */
function workloadName({ kind, name }: { kind: string; name: string }): string {
  return kind === 'ReplicaSet' ? name.replace(/-[^-]+$/, '') : name;
}
