import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Admission } from '@ringfence/sandbox/controllers';
import { admits } from './policies';

const authorizationPolicies = {
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
};
const networkPolicies = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
};

/** What decides whether a Gateway reaches pods of its namespace. */
export const POLICY_KINDS = [authorizationPolicies, networkPolicies] as const;

/** Reads the policies of a Gateway's namespace. */
export function readAdmission(kubernetes: KubernetesCluster) {
  return async (gateway: KubernetesObject): Promise<Admission> => {
    const namespace = gateway.metadata.namespace!;
    const [authorization, network, home] = await Promise.all([
      kubernetes.list({ ...authorizationPolicies, namespace }),
      kubernetes.list({ ...networkPolicies, namespace }),
      kubernetes.get({
        apiVersion: 'v1',
        kind: 'Namespace',
        name: namespace,
      }),
    ]);
    const account = `${gateway.metadata.name}-${gateway.spec.gatewayClassName}`;
    const source = {
      principal: `cluster.local/ns/${namespace}/sa/${account}`,
      namespace,
      labels: {
        'gateway.networking.k8s.io/gateway-name': gateway.metadata.name,
      },
      namespaceLabels: home?.metadata.labels ?? {},
    };
    return (pod, port) => admits({ authorization, network }, pod, source, port);
  };
}
