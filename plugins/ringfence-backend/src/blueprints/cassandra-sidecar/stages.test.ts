import { validateManifest } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { cassandraSidecar } from '.';
import { completePlatform } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';
import {
  manifestOf,
  manifestsOf,
  observed,
  stageOf,
  stagesOf,
} from './__fixtures__/stages';

const EVERYTHING = {
  profile: 'production',
  version: '4.1.10',
  replicas: 5,
  mesh: { revision: 'canary' },
  storage: { className: 'fast-xfs', size: '100Gi' },
  access: {
    hostname: 'orders.example.com',
    clients: [{ namespace: 'shop', serviceAccount: 'web' }],
  },
  monitoring: { namespace: 'monitoring' },
};

const POD_LABELS = {
  'app.kubernetes.io/name': 'cassandra',
  'app.kubernetes.io/instance': 'orders',
  'app.kubernetes.io/component': 'database',
};

const namespaces = (...list: string[]) =>
  list.map(name => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  }));
const ports = (...numbers: number[]) =>
  numbers.map(port => ({ protocol: 'TCP', port }));

describe('the stages of a Cassandra ring with sidecars', () => {
  it.each<[string, Record<string, unknown>]>([
    ['all defaults', {}],
    ['everything asked for', EVERYTHING],
    ['plaintext', { access: { exposure: 'tcp' } }],
    ['no gateway', { access: { exposure: 'none' } }],
    ['mTLS not strict', { strictMtls: false }],
  ])(
    'make only manifests that fit the schema of their kind, with %s',
    async (_name, changes) => {
      const manifests = manifestsOf(changes);
      expect(manifests.length).toBeGreaterThan(8);
      for (const manifest of manifests) {
        await expect(validateManifest(manifest)).resolves.toBeUndefined();
        expect(manifest.metadata.labels).toMatchObject({
          'ringfence.dev/database': 'orders',
          'app.kubernetes.io/name': 'cassandra',
        });
      }
    },
  );

  it('are those of every ring', () => {
    expect(stagesOf().map(({ name }) => name)).toEqual([
      'namespace',
      'credentials',
      'ca',
      'gateway',
      'certificate',
      'policy',
      'database',
      'route',
      'proof',
    ]);
  });

  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    ['by default', {}, { 'istio-injection': 'enabled' }],
    [
      'of a revision',
      { mesh: { revision: 'canary' } },
      { 'istio.io/rev': 'canary' },
    ],
  ])(
    'have sidecars %s injected into the namespace',
    (_name, changes, label) => {
      const { labels } = manifestOf('Namespace', changes).metadata;
      expect(labels).toEqual({
        'app.kubernetes.io/managed-by': 'ringfence',
        'ringfence.dev/database': 'orders',
        'app.kubernetes.io/name': 'cassandra',
        'app.kubernetes.io/instance': 'orders',
        ...label,
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      });
    },
  );

  it('name every port of the nodes, so that Istio guesses no protocol', () => {
    expect(manifestOf('Service', {}, 'orders').spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: POD_LABELS,
      ports: [
        { name: 'tcp-client', port: 9042 },
        { name: 'tcp-intra-node', port: 7000 },
        { name: 'tcp-tls-intra-node', port: 7001 },
        { name: 'tcp-jmx', port: 7199 },
      ],
    });
  });

  it('let nodes join one after another', () => {
    expect(manifestOf('StatefulSet').spec.podManagementPolicy).toBe(
      'OrderedReady',
    );
  });

  it('replace the public superuser over CQL, whatever the version', () => {
    expect(stageOf('database').actions!.map(({ name }) => name)).toEqual([
      expect.stringContaining('make the superuser'),
      expect.stringContaining('replicate roles'),
      expect.stringContaining('disable the public login "cassandra"'),
      expect.stringContaining('make the application role'),
    ]);
  });

  it('refuse plaintext, and let each peer in to its own ports', () => {
    const [peer, authorization, network] = stageOf(
      'policy',
      EVERYTHING,
    ).manifests(observed);
    expect(peer.spec).toEqual({
      selector: { matchLabels: POD_LABELS },
      mtls: { mode: 'STRICT' },
    });
    expect(authorization.spec.rules).toEqual([
      {
        from: [
          {
            source: {
              principals: [
                'cluster.local/ns/orders/sa/orders-gateway-istio',
                'cluster.local/ns/shop/sa/web',
              ],
            },
          },
        ],
        to: [{ operation: { ports: ['9042'] } }],
      },
      {
        from: [
          { source: { principals: ['cluster.local/ns/orders/sa/orders'] } },
        ],
        to: [{ operation: { ports: ['7000', '7001'] } }],
      },
    ]);
    expect(network.spec.ingress).toEqual([
      { from: namespaces('orders', 'shop'), ports: ports(9042, 15008) },
      {
        from: [{ podSelector: { matchLabels: POD_LABELS } }],
        ports: ports(7000, 7001),
      },
      { from: namespaces('monitoring'), ports: ports(15020, 15090) },
    ]);
  });

  it('open no port for metrics where nobody scrapes them', () => {
    const [, , network] = stageOf('policy').manifests(observed);
    expect(network.spec.ingress).toHaveLength(2);
  });
});

describe('the observation of a Cassandra ring with sidecars', () => {
  it('looks at its container, its sidecars and its ring ports', () => {
    expect(cassandraSidecar.observation(exampleSpec())).toMatchObject({
      podLabels: POD_LABELS,
      container: 'cassandra',
      meshMode: 'sidecar',
      clientPort: 9042,
      ringPorts: [7000, 7001],
      ringCommand: ['nodetool', 'status'],
      publicLogins: [{ username: 'cassandra', password: 'cassandra' }],
    });
  });
});

describe('the requirements of a Cassandra ring with sidecars', () => {
  const istio = completePlatform.istio!;
  const unmet = (
    platform: Partial<typeof completePlatform> = {},
    changes: Record<string, unknown> = {},
  ) =>
    cassandraSidecar
      .requirements(exampleSpec(changes), { ...completePlatform, ...platform })
      .filter(({ met }) => !met);

  it('ask for no ztunnel', () => {
    expect(unmet({ istio: { ...istio, ambient: undefined } })).toEqual([]);
  });

  it('refuse an Istio without istio-cni, and say why and what to do', () => {
    expect(unmet({ istio: { ...istio, cni: false } })).toEqual([
      {
        name: 'Istio sidecars',
        level: 'required',
        met: false,
        message:
          'Istio 1.31.1 runs without istio-cni: its istio-init container needs NET_ADMIN, so Pod Security "restricted" would refuse every pod',
        remedy: {
          text: 'Install istio-cni',
          command: 'istioctl install --set components.cni.enabled=true',
        },
      },
    ]);
  });

  it('refuse a Kubernetes cluster without Istio', () => {
    expect(unmet({ istio: undefined })).toContainEqual(
      expect.objectContaining({
        name: 'Istio',
        message: 'Kubernetes cluster "eu-1" has no Istio',
      }),
    );
  });

  it('note what cannot be seen of the nodes in production, and ask for no XFS', () => {
    const storage = { className: 'slow-ext4' };
    expect(unmet({}, { profile: 'production', storage })).toEqual([
      expect.objectContaining({ name: 'vm.max_map_count', level: 'note' }),
    ]);
  });
});
