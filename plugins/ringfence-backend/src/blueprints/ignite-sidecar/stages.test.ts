import { validateManifest } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { igniteSidecar } from '.';
import { completePlatform } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';
import {
  manifestOf,
  manifestsOf,
  observed,
  stageOf,
  stagesOf,
} from './__fixtures__/stages';

const NO_LOGINS = {
  persistence: { enabled: false },
  access: { clientCertificates: 'required' },
};
const EVERYTHING = {
  product: 'gridgain',
  profile: 'production',
  replicas: 5,
  caches: [{ name: 'carts' }],
  mesh: { revision: 'canary' },
  storage: { className: 'fast-xfs', size: '100Gi' },
  access: {
    hostname: 'orders.example.com',
    application: {
      hostname: 'shop.example.com',
      namespace: 'shop',
      service: 'web',
      port: 80,
    },
    clients: [{ namespace: 'shop', serviceAccount: 'web' }],
    clientCertificates: 'required',
  },
  monitoring: { namespace: 'monitoring' },
};

const names = (changes: Record<string, unknown>) =>
  stagesOf(changes).map(({ name }) => name);

const container = (changes: Record<string, unknown> = {}) =>
  manifestOf('StatefulSet', changes).spec.template.spec.containers[0];

const variable = (name: string, changes: Record<string, unknown> = {}) =>
  container(changes).env.find((it: { name: string }) => it.name === name);

describe('the stages of an Ignite cluster with sidecars', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'with all defaults',
      {},
      [
        'namespace',
        'credentials',
        'ca',
        'gateway',
        'certificate',
        'policy',
        'database',
        'route',
        'proof',
      ],
    ],
    [
      'with a licence, which is looked at before anything is started',
      { product: 'gridgain', access: { exposure: 'none' } },
      ['namespace', 'licence', 'credentials', 'policy', 'database', 'proof'],
    ],
    [
      'without logins',
      NO_LOGINS,
      [
        'namespace',
        'ca',
        'clients',
        'gateway',
        'certificate',
        'policy',
        'database',
        'route',
        'proof',
      ],
    ],
  ])('are these %s', (_name, changes, expected) => {
    expect(names(changes)).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    ['all defaults', {}],
    ['everything asked for', EVERYTHING],
    ['no persistence', NO_LOGINS],
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
          'app.kubernetes.io/name': 'ignite',
        });
      }
    },
  );

  it('have neither a password nor the licence in any manifest', () => {
    const text = JSON.stringify(manifestsOf(EVERYTHING));
    expect(text).not.toMatch(/"password":"/);
    expect(text).not.toContain('gridgain-license');
  });

  it('are the rotation of its CA, too, where that is its own', () => {
    const spec = exampleSpec();
    const [rotate] = igniteSidecar.operations(spec);
    expect(rotate.name).toBe('rotate-ca');
    expect(rotate.stages(completePlatform).map(({ name }) => name)).toEqual([
      'ca',
      'certificate',
    ]);
    const issuer = { kind: 'ClusterIssuer', name: 'company-ca' };
    expect(
      igniteSidecar.operations(exampleSpec({ certificate: { issuer } })),
    ).toEqual([]);
  });
});

describe('the nodes', () => {
  it('have every port of theirs named in the headless Service, also before they are ready', () => {
    const { spec } = manifestOf('Service', {}, 'orders');
    expect(spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      ports: [
        { name: 'tcp-thinclient', port: 10800 },
        { name: 'tcp-communication', port: 47100 },
        { name: 'tcp-discovery', port: 47500 },
        { name: 'http-rest', port: 8080 },
      ],
    });
  });

  it('are dialled by clients where they are ready', () => {
    const { spec } = manifestOf('Service', {}, 'orders-thin');
    expect(spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ port: 10800 }, { port: 8080 }],
    });
    expect(spec).not.toHaveProperty('publishNotReadyAddresses');
  });

  it('start after their sidecars, together, on volumes that stay', () => {
    const { spec } = manifestOf('StatefulSet');
    expect(spec).toMatchObject({
      replicas: 2,
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
      },
      template: {
        metadata: {
          annotations: {
            'proxy.istio.io/config':
              '{"holdApplicationUntilProxyStarts": true}',
            'sidecar.istio.io/rewriteAppHTTPProbers': 'true',
          },
        },
      },
      volumeClaimTemplates: [
        { spec: { resources: { requests: { storage: '10Gi' } } } },
      ],
    });
  });

  it('keep nothing where that is asked for', () => {
    const { spec } = manifestOf('StatefulSet', NO_LOGINS);
    expect(spec).not.toHaveProperty('volumeClaimTemplates');
    expect(spec.template.spec.volumes).toContainEqual({
      name: 'data',
      emptyDir: {},
    });
  });

  it('may do no more than Pod Security "restricted" lets them', () => {
    const pod = manifestOf('StatefulSet').spec.template.spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  it.each([
    ['apacheignite/ignite:2.17.0', {}],
    ['gridgain/enterprise:8.9.32', { product: 'gridgain' }],
    [
      'gridgain/community:8.9.32',
      { product: 'gridgain', gridgain: { edition: 'community' } },
    ],
  ])('run %s', (image, changes) => {
    expect(container(changes).image).toBe(image);
  });

  it('have REST, a heap that fits and a configuration that is mounted', () => {
    expect(variable('OPTION_LIBS').value).toBe('ignite-rest-http');
    expect(variable('CONFIG_URI').value).toBe('file:///config/ignite.xml');
    expect(variable('JVM_OPTS').value).toContain('-Xms409m -Xmx409m');
    expect(container().resources.limits).toEqual({
      cpu: '1',
      memory: '1536Mi',
    });
  });

  it('mount the licence, and roll with a new one', () => {
    const changes = { product: 'gridgain' };
    const spec = exampleSpec(changes);
    const annotations = (hash: string) => {
      const [manifest] = igniteSidecar
        .stages(spec, completePlatform)
        .flatMap(stage =>
          stage.manifests({
            ...observed,
            secretHashes: { 'orders-licence': hash },
          }),
        )
        .filter(({ kind }) => kind === 'StatefulSet');
      return manifest.spec.template.metadata.annotations;
    };
    expect(container(changes).volumeMounts).toContainEqual({
      name: 'licence',
      mountPath: '/licence',
      readOnly: true,
    });
    expect(annotations('one')).not.toEqual(annotations('two'));
    expect(container().volumeMounts).toHaveLength(2);
  });

  it('roll when their configuration changes, and not else', () => {
    const hash = (changes: Record<string, unknown>) =>
      manifestOf('StatefulSet', changes).spec.template.metadata.annotations[
        'ringfence.dev/settings-hash'
      ];
    expect(hash({ caches: [{ name: 'a' }] })).not.toBe(hash({}));
    expect(hash({ access: { hostname: 'orders.example.com' } })).toBe(hash({}));
  });
});

describe('the fence', () => {
  const gateway = 'cluster.local/ns/orders/sa/orders-gateway-istio';
  const own = 'cluster.local/ns/orders/sa/orders';

  it('is a namespace with sidecars, strict mTLS and restricted pods', () => {
    expect(manifestOf('Namespace').metadata.labels).toMatchObject({
      'istio-injection': 'enabled',
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(manifestOf('PeerAuthentication').spec.mtls).toEqual({
      mode: 'STRICT',
    });
  });

  it('lets the gateway to clients’ ports, and nodes to each other', () => {
    expect(manifestOf('AuthorizationPolicy').spec.rules).toEqual([
      {
        from: [{ source: { principals: [gateway] } }],
        to: [{ operation: { ports: ['10800', '8080'] } }],
      },
      {
        from: [{ source: { principals: [own] } }],
        to: [{ operation: { ports: ['47100', '47500'] } }],
      },
    ]);
  });

  it('opens the same ports to packets', () => {
    const { ingress } = manifestOf('NetworkPolicy').spec;
    const opened = ingress.flatMap(({ ports }: any) =>
      ports.map(({ port }: { port: number }) => port),
    );
    expect(opened).toEqual([10800, 8080, 15008, 47100, 47500]);
  });

  it('ends TLS for thin clients, and HTTPS for REST, with one certificate', () => {
    const tls = {
      mode: 'Terminate',
      certificateRefs: [{ group: '', kind: 'Secret', name: 'orders-tls' }],
    };
    expect(manifestOf('Gateway').spec.listeners).toMatchObject([
      { name: 'ignite-tls', port: 10800, protocol: 'TLS', tls },
      {
        name: 'rest-https',
        port: 8443,
        protocol: 'HTTPS',
        tls,
        allowedRoutes: { kinds: [{ kind: 'HTTPRoute' }] },
      },
    ]);
    expect(manifestOf('TCPRoute').spec).toMatchObject({
      parentRefs: [{ sectionName: 'ignite-tls' }],
      rules: [{ backendRefs: [{ name: 'orders-thin', port: 10800 }] }],
    });
    expect(manifestOf('HTTPRoute').spec).toMatchObject({
      parentRefs: [{ sectionName: 'rest-https' }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/ignite' } }],
          backendRefs: [{ name: 'orders-thin', port: 8080 }],
        },
      ],
    });
  });

  it('leads a client application over HTTPS, by a name that the certificate has', () => {
    const application = {
      hostname: 'shop.example.com',
      namespace: 'shop',
      service: 'web',
      port: 80,
    };
    const changes = { access: { application } };
    expect(
      manifestOf('HTTPRoute', changes, 'orders-application').spec,
    ).toMatchObject({
      hostnames: ['shop.example.com'],
      parentRefs: [{ sectionName: 'rest-https' }],
      rules: [{ backendRefs: [{ name: 'web', namespace: 'shop', port: 80 }] }],
    });
    expect(
      manifestOf('Certificate', changes, 'orders-tls').spec.dnsNames,
    ).toContain('shop.example.com');
    expect(stageOf('route', changes).waits.map(({ name }) => name)).toContain(
      'HTTPRoute "orders/orders-application" is attached to the gateway',
    );
    const { routes } = igniteSidecar.observation(exampleSpec(changes));
    expect(routes.map(({ name }) => name)).toContain('orders-application');
  });

  it('asks clients for certificates on both listeners', () => {
    const { tls } = manifestOf('Gateway', NO_LOGINS).spec;
    expect(tls.frontend.default.validation.mode).toBe('AllowValidOnly');
  });
});

it('proves what clients will do, and what nobody may be able to do', () => {
  const waits = (changes: Record<string, unknown>) =>
    stageOf('proof', changes).waits.map(({ name }) => name);
  const host = 'orders-gateway-istio.orders.svc.cluster.local';
  expect(waits({})).toEqual([
    `TLS handshake on port 10800 verifies for "${host}"`,
    `TLS handshake on port 8443 verifies for "${host}"`,
    'Login as the application user is accepted',
    'Anonymous login is refused',
    'Login as "ignite" with the password that everybody knows is refused',
  ]);
  expect(waits(NO_LOGINS)).toEqual([
    `TLS handshake on port 10800 verifies for "${host}"`,
    `TLS handshake on port 8443 verifies for "${host}"`,
    'A connection without a login is accepted',
    'A connection to port 10800 without a client certificate is refused',
  ]);
});
