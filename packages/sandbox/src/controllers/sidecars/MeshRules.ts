import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { ControllerCluster } from '../context';

/** Where mesh-wide policies are. */
const ROOT_NAMESPACE = 'istio-system';

const services = { apiVersion: 'v1', kind: 'Service' };
const peerAuthentications = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
};
const destinationRules = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
};

/** Kinds that decide how sidecars speak to each other. */
export const RULE_KINDS = [peerAuthentications, destinationRules] as const;

/** What a sidecar takes. */
type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/** How sidecars speak to the pods of a namespace, by its Services and rules. */
export class MeshRules {
  private constructor(
    private readonly known: readonly KubernetesObject[],
    private readonly peers: readonly KubernetesObject[],
    private readonly rules: readonly KubernetesObject[],
  ) {}

  static async read(
    kubernetes: ControllerCluster,
    namespace: string,
  ): Promise<MeshRules> {
    const [known, peers, meshPeers, rules] = await Promise.all([
      kubernetes.list({ ...services, namespace }),
      kubernetes.list({ ...peerAuthentications, namespace }),
      kubernetes.list({ ...peerAuthentications, namespace: ROOT_NAMESPACE }),
      kubernetes.list({ ...destinationRules, namespace }),
    ]);
    return new MeshRules(known, [...peers, ...meshPeers], rules);
  }

  /** The oldest Service that has this port of a pod; undefined where the mesh knows none. */
  serviceOf(pod: KubernetesObject, port: number): ServiceName | undefined {
    const found = this.known
      .filter(service => isFor(service, pod) && hasPort(service, pod, port))
      .sort((a, b) => ageOf(a).localeCompare(ageOf(b)));
    const { name, namespace } = found[0]?.metadata ?? {};
    return name && namespace ? { name, namespace } : undefined;
  }

  /** Whether sidecars speak mutual TLS to a Service, as they do unless a rule says otherwise. */
  speaksTls({ name, namespace }: ServiceName): boolean {
    const hosts = [
      name,
      `${name}.${namespace}`,
      `${name}.${namespace}.svc.cluster.local`,
    ];
    const rule = this.rules.find(({ spec }) => hosts.includes(spec?.host));
    const mode = rule?.spec.trafficPolicy?.tls?.mode;
    return mode === undefined || mode === 'ISTIO_MUTUAL';
  }

  /** Whether a pod's sidecar takes plaintext at a port. */
  takesPlaintext(pod: KubernetesObject, port: number): boolean {
    return this.modeOf(pod, port) !== 'STRICT';
  }

  /** The nearest policy that says something: of the pod, of its namespace, of the mesh. */
  private modeOf(pod: KubernetesObject, port: number): MtlsMode {
    const near = this.peers.filter(
      ({ metadata }) => metadata.namespace === pod.metadata.namespace,
    );
    const ofPod = near.filter(
      ({ spec }) => spec?.selector && selects(spec.selector, pod),
    );
    const ofNamespace = near.filter(({ spec }) => !spec?.selector);
    const ofMesh = this.peers.filter(
      ({ metadata, spec }) =>
        metadata.namespace === ROOT_NAMESPACE && !spec?.selector,
    );
    const modes = [...ofPod, ...ofNamespace, ...ofMesh].flatMap(({ spec }) => [
      spec?.portLevelMtls?.[port]?.mode,
      spec?.mtls?.mode,
    ]);
    return modes.find(mode => mode && mode !== 'UNSET') ?? 'PERMISSIVE';
  }
}

function selects(
  { matchLabels = {} }: { matchLabels?: Record<string, string> },
  pod: KubernetesObject,
): boolean {
  return Object.entries(matchLabels).every(
    ([key, value]) => pod.metadata.labels?.[key] === value,
  );
}

function isFor({ spec }: KubernetesObject, pod: KubernetesObject): boolean {
  const wanted = spec?.selector ?? {};
  return (
    Object.keys(wanted).length > 0 && selects({ matchLabels: wanted }, pod)
  );
}

/** A target port may be the name of a container's. */
function hasPort(
  { spec }: KubernetesObject,
  pod: KubernetesObject,
  port: number,
): boolean {
  const own: any[] = pod.spec.containers.flatMap(
    ({ ports = [] }: any) => ports,
  );
  return (spec.ports ?? []).some(({ port: of, targetPort = of }: any) =>
    typeof targetPort === 'number'
      ? targetPort === port
      : own.some(it => it.name === targetPort && it.containerPort === port),
  );
}

function ageOf({ metadata }: KubernetesObject): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
}
