import type { ClientPlace } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Fact,
  Facts,
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { look, notKnown } from '../observing/look';

/** What is known of the other end, besides the facts about the database. */
export interface Client {
  /** Absent: somebody's laptop, outside of the Kubernetes cluster. */
  readonly workload?: Workload;
  /** The pods of the database's Gateway. */
  readonly gatewayPods: Fact<readonly KubernetesObject[]>;
  /** AuthorizationPolicies of the mesh's root namespace, which hold everywhere. */
  readonly meshAuthorizationPolicies: Fact<readonly KubernetesObject[]>;
}

/** A client that runs in the Kubernetes cluster of the database. */
export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly namespaceObject: Fact<KubernetesObject | undefined>;
  /** Those that run as the ServiceAccount. */
  readonly pods: Fact<readonly KubernetesObject[]>;
  readonly networkPolicies: Fact<readonly KubernetesObject[]>;
}

/** Set by Istio on the pods of a Gateway. @see https://gateway-api.sigs.k8s.io/geps/gep-1762/ */
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

const clock = () => new Date();

/**
 * Reads what a diagnosis needs of the client's end; what may not be read is a
 * fact that is not known.
 *
 * @param options - `looksAtClient`: whether who asks may be told of the client's namespace
 */
export async function readClient(
  kubernetes: KubernetesCluster,
  facts: Facts,
  from: ClientPlace,
  { looksAtClient }: { readonly looksAtClient: boolean },
): Promise<Client> {
  const { namespace } = facts.database;
  const root = facts.platform.known
    ? facts.platform.value.istio?.rootNamespace
    : undefined;
  const [workload, gatewayPods, meshAuthorizationPolicies] = await Promise.all([
    from.kind === 'workload'
      ? readEnd(kubernetes, from, looksAtClient)
      : undefined,
    look(clock, () =>
      kubernetes.list({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace,
        labels: { [GATEWAY_LABEL]: facts.access.gateway?.name ?? '' },
      }),
    ),
    look(clock, async () =>
      root === undefined || root === namespace
        ? []
        : await kubernetes.list({
            apiVersion: 'security.istio.io/v1',
            kind: 'AuthorizationPolicy',
            namespace: root,
          }),
    ),
  ]);
  return { workload, gatewayPods, meshAuthorizationPolicies };
}

async function readEnd(
  kubernetes: KubernetesCluster,
  from: Extract<ClientPlace, { kind: 'workload' }>,
  looksAtClient: boolean,
): Promise<Workload> {
  const { namespace, serviceAccount } = from;
  if (looksAtClient) return readWorkload(kubernetes, from);
  const end = notKnown(
    `namespace "${namespace}" is looked at only for those who own all that the catalog says runs there (annotation backstage.io/kubernetes-namespace), and for admins`,
    clock(),
  );
  return {
    namespace,
    serviceAccount,
    namespaceObject: end,
    pods: end,
    networkPolicies: end,
  };
}

async function readWorkload(
  kubernetes: KubernetesCluster,
  from: Extract<ClientPlace, { kind: 'workload' }>,
): Promise<Workload> {
  const { namespace, serviceAccount } = from;
  const [namespaceObject, pods, networkPolicies] = await Promise.all([
    look(clock, () =>
      kubernetes.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    ),
    look(clock, async () => {
      const all = await kubernetes.list({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace,
      });
      return all.filter(
        ({ spec }) =>
          (spec?.serviceAccountName ?? 'default') === serviceAccount,
      );
    }),
    look(clock, () =>
      kubernetes.list({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        namespace,
      }),
    ),
  ]);
  return { namespace, serviceAccount, namespaceObject, pods, networkPolicies };
}
