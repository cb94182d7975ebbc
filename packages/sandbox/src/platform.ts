import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import { CLUSTER_RESOURCE_NAMESPACE } from './controllers/certificates';
import {
  injectorConfiguration,
  type WebhookClient,
} from './controllers/sidecars/webhooks';
import { NODE_NAMES } from './nodes';
import { daemonSet, deployment, ready } from './programs';
import { apiVersionOf, defaultKinds, resourceOf } from './store';

/** What the sandbox says that it runs. */
export const VERSIONS = {
  kubernetes: 'v1.36.3',
  gatewayApi: 'v1.6.1',
  certManager: 'v1.21.1',
  istio: '1.31.1',
} as const;

/** Of volumes that are names only. */
export const PROVISIONER = 'sandbox.ringfence.dev/memory';

const ISTIO_NAMESPACE = 'istio-system';

const namespace = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

const node = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: {},
  status: {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    conditions: [
      ready('Ready', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    nodeInfo: { kubeletVersion: VERSIONS.kubernetes },
  },
});

/** Where istiod is asked for sidecars; nobody asks it in the sandbox. */
const ISTIOD: WebhookClient = {
  service: {
    name: 'istiod',
    namespace: ISTIO_NAMESPACE,
    path: '/inject',
    port: 443,
  },
};

/**
 * All that is in the sandbox before anybody creates anything.
 *
 * @param ztunnels - addresses of the ztunnels, in the order of the nodes
 * @param injector - where new pods are sent for their sidecars
 */
export function platformManifests(
  ztunnels: readonly string[],
  injector: WebhookClient = ISTIOD,
): Manifest[] {
  return [
    ...[
      'default',
      'kube-system',
      CLUSTER_RESOURCE_NAMESPACE,
      ISTIO_NAMESPACE,
    ].map(namespace),
    ...NODE_NAMES.map(node),
    storageClass('standard', {}, true),
    storageClass('fast-xfs', { 'csi.storage.k8s.io/fstype': 'xfs' }, false),
    ...customResourceDefinitions(),
    ...certManager(),
    ...istio(ztunnels),
    injectorConfiguration(injector),
  ];
}

function storageClass(
  name: string,
  parameters: Record<string, string>,
  isDefault: boolean,
): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      ...(isDefault && {
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      }),
    },
    provisioner: PROVISIONER,
    parameters,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  };
}

/** One for each kind that a CRD would serve, with the marks by which versions are told. */
function customResourceDefinitions(): Manifest[] {
  const marks: Record<string, Record<string, unknown>> = {
    'gateway.networking.k8s.io': {
      annotations: {
        'gateway.networking.k8s.io/bundle-version': VERSIONS.gatewayApi,
        'gateway.networking.k8s.io/channel': 'standard',
      },
    },
    'cert-manager.io': {
      labels: {
        'app.kubernetes.io/name': 'cert-manager',
        'app.kubernetes.io/version': VERSIONS.certManager,
      },
    },
    'security.istio.io': { labels: { 'app.kubernetes.io/part-of': 'istio' } },
    'networking.istio.io': {
      labels: { 'app.kubernetes.io/part-of': 'istio' },
    },
  };
  return defaultKinds
    .filter(({ group }) => marks[group])
    .map(served => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: resourceOf(served), ...marks[served.group] },
      spec: {
        group: served.group,
        names: { kind: served.kind, plural: served.plural },
        scope: served.namespaced ? 'Namespaced' : 'Cluster',
        versions: [{ name: served.version, served: true, storage: true }],
      },
      status: {
        storedVersions: [served.version],
        conditions: [ready('Established', 'InitialNamesAccepted')],
      },
    }));
}

/** cert-manager, and the company's CA that a ClusterIssuer signs with. */
function certManager(): Manifest[] {
  const apiVersion = 'cert-manager.io/v1';
  const home = CLUSTER_RESOURCE_NAMESPACE;
  return [
    deployment({
      name: 'cert-manager',
      namespace: home,
      image: `quay.io/jetstack/cert-manager-controller:${VERSIONS.certManager}`,
      container: 'cert-manager-controller',
      labels: {
        app: 'cert-manager',
        'app.kubernetes.io/name': 'cert-manager',
        'app.kubernetes.io/component': 'controller',
        'app.kubernetes.io/version': VERSIONS.certManager,
      },
    }),
    {
      apiVersion,
      kind: 'Issuer',
      metadata: { name: 'company-root', namespace: home },
      spec: { selfSigned: {} },
    },
    {
      apiVersion,
      kind: 'Certificate',
      metadata: { name: 'company-ca', namespace: home },
      spec: {
        isCA: true,
        commonName: 'Example Company CA',
        secretName: 'company-ca',
        duration: '87600h',
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
        issuerRef: { kind: 'Issuer', name: 'company-root' },
      },
    },
    {
      apiVersion,
      kind: 'ClusterIssuer',
      metadata: { name: 'company-ca' },
      spec: { ca: { secretName: 'company-ca' } },
    },
  ];
}

function istio(ztunnels: readonly string[]): Manifest[] {
  const home = ISTIO_NAMESPACE;
  return [
    deployment({
      name: 'istiod',
      namespace: home,
      image: `docker.io/istio/pilot:${VERSIONS.istio}`,
      container: 'discovery',
      labels: {
        app: 'istiod',
        'istio.io/rev': 'default',
        'app.kubernetes.io/name': 'istiod',
      },
      env: [
        { name: 'REVISION', value: 'default' },
        { name: 'PILOT_ENABLE_AMBIENT', value: 'true' },
        { name: 'CLUSTER_ID', value: 'Kubernetes' },
      ],
    }),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: home },
      data: {
        mesh: `rootNamespace: ${home}\ntrustDomain: cluster.local\n`,
        meshNetworks: 'networks: {}',
      },
    },
    ...daemonSet(
      {
        name: 'ztunnel',
        namespace: home,
        image: `docker.io/istio/ztunnel:${VERSIONS.istio}`,
        container: 'istio-proxy',
        labels: { app: 'ztunnel', 'app.kubernetes.io/name': 'ztunnel' },
      },
      ztunnels,
    ),
    ...daemonSet(
      {
        name: 'istio-cni-node',
        namespace: home,
        image: `docker.io/istio/install-cni:${VERSIONS.istio}`,
        container: 'install-cni',
        labels: {
          'k8s-app': 'istio-cni-node',
          'app.kubernetes.io/name': 'istio-cni',
        },
      },
      NODE_NAMES.map(() => '127.0.0.1'),
    ),
    ...['istio', 'istio-waypoint', 'istio-remote'].map(gatewayClass),
  ];
}

function gatewayClass(name: string): Manifest {
  const controllers: Record<string, string> = {
    istio: 'istio.io/gateway-controller',
    'istio-remote': 'istio.io/unmanaged-gateway',
    'istio-waypoint': 'istio.io/mesh-controller',
  };
  return {
    apiVersion: apiVersionOf({
      group: 'gateway.networking.k8s.io',
      version: 'v1',
    }),
    kind: 'GatewayClass',
    metadata: { name },
    spec: { controllerName: controllers[name] },
    status: {
      conditions: [
        {
          ...ready('Accepted', 'Accepted', 'Handled by Istio controller'),
          observedGeneration: 1,
        },
      ],
    },
  };
}
