import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';

/** A platform whose versions work together. */
export function healthyPlatform(changes: Partial<Platform> = {}): Platform {
  return {
    kubernetesCluster: 'eu-1',
    kubernetesVersion: 'v1.36.3',
    apis: ['TCPRoute', 'TLSRoute'].map(kind => ({
      group: 'gateway.networking.k8s.io',
      version: 'v1',
      kind,
      plural: `${kind.toLowerCase()}s`,
      namespaced: true,
    })),
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
    gatewayClasses: [],
    storageClasses: [],
    clusterIssuers: [],
    nodes: [],
    defaults: {},
    ...changes,
  };
}
