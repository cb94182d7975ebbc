import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import type {
  KubernetesCluster,
  Manifest,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  createMemoryKubernetesCluster,
  defaultKinds,
} from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { createTestBlueprint } from '../provisioning/__testUtils__/testBlueprint';
import { discoverPlatform } from './discoverPlatform';
import { Platforms } from './Platforms';
import { summarizePlatform } from './summarizePlatform';

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
};
const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const accepted = { conditions: [{ type: 'Accepted', status: 'True' }] };

function deployment(image: string, env: object[] = []): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'istiod',
      namespace: 'istio-system',
      labels: { app: 'istiod' },
    },
    spec: {
      selector: { matchLabels: { app: 'istiod' } },
      template: {
        metadata: { labels: { app: 'istiod' } },
        spec: { containers: [{ name: 'discovery', image, env }] },
      },
    },
  };
}

function daemonSet(labels: Record<string, string>, status: object): Manifest {
  const name = Object.values(labels)[0];
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'istio-system', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'main:1' }] },
      },
    },
    status,
  };
}

function clusterScoped(
  apiVersion: string,
  kind: string,
  name: string,
  content: object,
): Manifest {
  return { apiVersion, kind, metadata: { name }, ...content };
}

const objects: Manifest[] = [
  clusterScoped('v1', 'Namespace', 'istio-system', {}),
  {
    ...CRD,
    metadata: {
      name: 'gateways.gateway.networking.k8s.io',
      annotations: {
        'gateway.networking.k8s.io/bundle-version': 'v1.6.1',
        'gateway.networking.k8s.io/channel': 'standard',
      },
    },
  },
  {
    ...CRD,
    metadata: {
      name: 'certificates.cert-manager.io',
      labels: { 'app.kubernetes.io/version': 'v1.21.1' },
    },
  },
  deployment('registry.example:5000/istio/pilot:1.31.1-distroless@sha256:00', [
    { name: 'PILOT_ENABLE_ALPHA_GATEWAY_API', value: 'true' },
  ]),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio', namespace: 'istio-system' },
    data: { mesh: 'trustDomain: td.example\n' },
  },
  daemonSet({ app: 'ztunnel' }, { desiredNumberScheduled: 3, numberReady: 2 }),
  daemonSet({ 'k8s-app': 'istio-cni-node' }, {}),
  clusterScoped('gateway.networking.k8s.io/v1', 'GatewayClass', 'istio', {
    spec: { controllerName: 'istio.io/gateway-controller' },
    status: accepted,
  }),
  clusterScoped('gateway.networking.k8s.io/v1', 'GatewayClass', 'other', {
    spec: { controllerName: 'example.com/other' },
  }),
  {
    ...clusterScoped('storage.k8s.io/v1', 'StorageClass', 'standard', {
      provisioner: 'example.com/disk',
    }),
    metadata: {
      name: 'standard',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
  },
  clusterScoped('storage.k8s.io/v1', 'StorageClass', 'fast-xfs', {
    provisioner: 'example.com/disk',
    parameters: { 'csi.storage.k8s.io/fstype': 'xfs' },
  }),
  clusterScoped('cert-manager.io/v1', 'ClusterIssuer', 'company-ca', {
    spec: {},
    status: ready,
  }),
  clusterScoped('cert-manager.io/v1', 'ClusterIssuer', 'broken-ca', {
    spec: {},
  }),
  clusterScoped('v1', 'Node', 'node-1', { status: ready }),
];

const full = () => createMemoryKubernetesCluster({ name: 'eu-1', objects });
const discover = (kubernetes: KubernetesCluster): Promise<Platform> =>
  discoverPlatform({ kubernetes, defaults: {} });

const blueprint = createTestBlueprint({
  requirements: [
    { name: 'mesh', met: true, level: 'required', message: 'there' },
  ],
  action: async () => '',
  waitTimeoutMs: 0,
});

describe('discoverPlatform', () => {
  it('reads what a Kubernetes cluster can do', async () => {
    const { apis, ...platform } = await discover(full());
    expect(apis).toContainEqual(
      expect.objectContaining({ kind: 'TCPRoute', version: 'v1' }),
    );
    expect(platform).toEqual({
      kubernetesCluster: 'eu-1',
      simulated: undefined,
      kubernetesVersion: 'v1.36.3',
      gatewayApi: { bundleVersion: 'v1.6.1', channel: 'standard' },
      certManager: { version: 'v1.21.1' },
      istio: {
        version: '1.31.1',
        rootNamespace: 'istio-system',
        trustDomain: 'td.example',
        alphaGatewayApi: true,
        ambient: { desired: 3, ready: 2 },
        cni: true,
      },
      gatewayClasses: [
        {
          name: 'istio',
          controllerName: 'istio.io/gateway-controller',
          accepted: true,
        },
        { name: 'other', controllerName: 'example.com/other', accepted: false },
      ],
      storageClasses: [
        {
          name: 'standard',
          default: true,
          provisioner: 'example.com/disk',
          fsType: undefined,
        },
        {
          name: 'fast-xfs',
          default: false,
          provisioner: 'example.com/disk',
          fsType: 'xfs',
        },
      ],
      clusterIssuers: [
        { name: 'company-ca', ready: true },
        { name: 'broken-ca', ready: false },
      ],
      nodes: [{ name: 'node-1', ready: true }],
      defaults: {},
      unreadable: [],
    });
  });

  it('finds nothing where nothing is installed', async () => {
    const kinds = defaultKinds.filter(
      ({ group }) => !/gateway|cert-manager|istio/.test(group),
    );
    const platform = await discover(createMemoryKubernetesCluster({ kinds }));
    expect(platform).toMatchObject({
      gatewayApi: undefined,
      certManager: undefined,
      istio: undefined,
      gatewayClasses: [],
      clusterIssuers: [],
    });
  });

  it('takes the default trust domain and goes on where the mesh configuration is no YAML', async () => {
    const kubernetes = full();
    await kubernetes.as('admin', { force: true }).apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: { mesh: 'a: [' },
    });
    const { istio } = await discover(kubernetes);
    expect(istio!.trustDomain).toBe('cluster.local');
  });

  it('takes nothing for the mesh that only carries its label', async () => {
    const kubernetes = full().as('somebody', { force: true });
    const elsewhere = ({ metadata, ...object }: Manifest, name: string) => ({
      ...object,
      metadata: { ...metadata, name, namespace: 'attic' },
    });
    await kubernetes.apply(clusterScoped('v1', 'Namespace', 'attic', {}));
    await kubernetes.apply(elsewhere(deployment('pilot:9.9.9'), 'a'));
    await kubernetes.apply(elsewhere(daemonSet({ app: 'ztunnel' }, {}), 'a'));
    const { istio } = await discover(kubernetes);
    const { istio: own } = await discover(full());
    expect(istio).toEqual(own);
    expect(istio!.rootNamespace).toBe('istio-system');
  });

  it('lists what it may not read and reads the rest', async () => {
    const kubernetes = full();
    const { list } = kubernetes;
    kubernetes.list = async selector => {
      if (['Node', 'Deployment'].includes(selector.kind)) {
        throw new NotAllowedError(`cannot list ${selector.kind}`);
      }
      return list.call(kubernetes, selector);
    };
    const platform = await discover(kubernetes);
    expect(platform.unreadable).toEqual([
      'Deployment: cannot list Deployment',
      'Node: cannot list Node',
    ]);
    expect(platform.istio).toBeUndefined();
    expect(platform.nodes).toEqual([]);
    expect(platform.storageClasses).toHaveLength(2);
  });
});

describe('summarizePlatform', () => {
  it('offers what is there and usable', async () => {
    const summary = summarizePlatform(await discover(full()), [blueprint]);
    expect(summary).toEqual({
      name: 'eu-1',
      usable: true,
      message:
        'Kubernetes v1.36.3, Istio 1.31.1 in ambient mode, ztunnel ready on 2 of 3 nodes',
      simulated: undefined,
      kubernetesVersion: 'v1.36.3',
      istioVersion: '1.31.1',
      storageClasses: [
        { name: 'standard', default: true },
        { name: 'fast-xfs', default: false },
      ],
      gatewayClasses: ['istio'],
      issuers: [{ kind: 'ClusterIssuer', name: 'company-ca' }],
      requirements: {
        test: [
          { name: 'mesh', met: true, level: 'required', message: 'there' },
        ],
      },
    });
  });

  it('offers only what the configuration allows, its first entry preset', async () => {
    const platform = await discoverPlatform({
      kubernetes: full(),
      defaults: {
        storageClasses: ['fast-xfs', 'gone'],
        issuers: [{ kind: 'ClusterIssuer', name: 'another' }],
      },
    });
    expect(summarizePlatform(platform, [])).toMatchObject({
      storageClasses: [{ name: 'fast-xfs', default: true }],
      issuers: [],
    });
  });
});

describe('Platforms', () => {
  function setup(kubernetes: KubernetesCluster) {
    let now = new Date('2026-11-22T10:00:00Z');
    const discoverSpy = jest.spyOn(kubernetes, 'discover');
    const platforms = new Platforms(
      {
        clusters: {
          listUsable: () => [{ kubernetes, defaults: {} }],
          listUnusable: () => [
            {
              name: 'legacy',
              why: 'its authProvider is "google"',
              remedy: 'Configure a service account',
            },
          ],
          get: () => ({ kubernetes, defaults: {} }),
        },
        blueprints: createBlueprintRegistry([blueprint]),
      },
      () => now,
    );
    const later = (ms: number) => {
      now = new Date(now.getTime() + ms);
    };
    return { platforms, discoverSpy, later };
  }

  it('asks a Kubernetes cluster again after half a minute, not before', async () => {
    const { platforms, discoverSpy, later } = setup(full());
    await platforms.list();
    later(29_000);
    await platforms.list();
    expect(discoverSpy).toHaveBeenCalledTimes(1);
    later(2000);
    await platforms.list();
    expect(discoverSpy).toHaveBeenCalledTimes(2);
  });

  it('says why one cannot be used, and asks one that was away again', async () => {
    const kubernetes = full();
    const { platforms, discoverSpy } = setup(kubernetes);
    discoverSpy.mockRejectedValueOnce(
      new ServiceUnavailableError('connect ETIMEDOUT'),
    );
    expect(await platforms.list()).toMatchObject([
      {
        name: 'eu-1',
        usable: false,
        message:
          'connect ETIMEDOUT. Make sure that the portal reaches it and may read it',
      },
      {
        name: 'legacy',
        usable: false,
        message: 'its authProvider is "google". Configure a service account',
      },
    ]);
    expect(await platforms.list()).toMatchObject([
      { name: 'eu-1', usable: true },
      { name: 'legacy', usable: false },
    ]);
  });
});
