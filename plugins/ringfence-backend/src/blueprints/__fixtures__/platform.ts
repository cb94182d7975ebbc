import type {
  Platform,
  ServedApi,
} from '@ringfence/backstage-plugin-ringfence-node';

/** `group/version Kind` of what a Kubernetes cluster with everything serves. */
const SERVED = [
  'gateway.networking.k8s.io/v1 Gateway',
  'gateway.networking.k8s.io/v1 GatewayClass',
  'gateway.networking.k8s.io/v1 HTTPRoute',
  'gateway.networking.k8s.io/v1 TCPRoute',
  'gateway.networking.k8s.io/v1 TLSRoute',
  'cert-manager.io/v1 Certificate',
  'cert-manager.io/v1 Issuer',
  'cert-manager.io/v1 ClusterIssuer',
  'security.istio.io/v1 PeerAuthentication',
  'security.istio.io/v1 AuthorizationPolicy',
  'monitoring.coreos.com/v1 PodMonitor',
];

/** Served kinds from lines like `cert-manager.io/v1 Issuer`. */
export function servedApis(lines: readonly string[]): ServedApi[] {
  return lines.map(line => {
    const [, group, version, kind] = /^(.*)\/(\S+) (\S+)$/.exec(line)!;
    const plural = `${kind.toLowerCase()}s`;
    return { group, version, kind, plural, namespaced: true };
  });
}

/** What a Kubernetes cluster with everything serves, without some kinds. */
export function servedWithout(...kinds: string[]): ServedApi[] {
  return servedApis(SERVED).filter(({ kind }) => !kinds.includes(kind));
}

/** A Kubernetes cluster in which every database can be made. */
export const completePlatform: Platform = {
  kubernetesCluster: 'eu-1',
  kubernetesVersion: 'v1.36.3',
  apis: servedApis(SERVED),
  gatewayApi: { bundleVersion: 'v1.6.1', channel: 'standard' },
  certManager: { version: 'v1.21.1' },
  istio: {
    version: '1.31.1',
    rootNamespace: 'istio-system',
    trustDomain: 'cluster.local',
    alphaGatewayApi: false,
    ambient: { desired: 3, ready: 3 },
    cni: true,
  },
  gatewayClasses: [
    {
      name: 'istio',
      controllerName: 'istio.io/gateway-controller',
      accepted: true,
    },
    {
      name: 'istio-waypoint',
      controllerName: 'istio.io/mesh-controller',
      accepted: true,
    },
  ],
  storageClasses: [
    {
      name: 'standard',
      default: true,
      provisioner: 'rancher.io/local-path',
    },
    {
      name: 'fast-xfs',
      default: false,
      provisioner: 'ebs.csi.aws.com',
      fsType: 'xfs',
    },
    {
      name: 'slow-ext4',
      default: false,
      provisioner: 'ebs.csi.aws.com',
      fsType: 'ext4',
    },
  ],
  clusterIssuers: [
    { name: 'company-ca', ready: true },
    { name: 'broken-ca', ready: false },
  ],
  nodes: ['a', 'b', 'c'].map(name => ({ name, ready: true })),
  defaults: {},
};
