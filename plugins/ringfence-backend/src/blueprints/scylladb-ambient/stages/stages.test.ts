import { validateManifest } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { completePlatform, servedApis } from '../../__fixtures__/platform';
import {
  manifestsOf,
  observed,
  stageOf,
  stagesOf,
} from '../__fixtures__/stages';

const OLD_ISTIO = {
  ...completePlatform,
  istio: { ...completePlatform.istio!, version: '1.30.2' },
};
const ALPHA_ISTIO = {
  ...completePlatform,
  apis: servedApis(['gateway.networking.k8s.io/v1alpha2 TCPRoute']),
  gatewayApi: { bundleVersion: 'v1.5.0' },
  istio: {
    ...completePlatform.istio!,
    version: '1.29.1',
    alphaGatewayApi: true,
  },
};

const EVERYTHING = {
  profile: 'production',
  version: '2026.2.5',
  replicas: 5,
  storage: { className: 'fast-xfs', size: '100Gi' },
  certificate: {
    dnsNames: ['orders.internal'],
    ipAddresses: ['192.0.2.1', '2001:db8::1'],
    keyAlgorithm: 'RSA',
  },
  access: {
    hostname: 'orders.example.com',
    clients: [{ namespace: 'shop', serviceAccount: 'web' }],
  },
  monitoring: { namespace: 'monitoring' },
};

const CASES: [string, Record<string, unknown>, typeof completePlatform][] = [
  ['all defaults', {}, completePlatform],
  ['everything asked for', EVERYTHING, completePlatform],
  [
    'a company issuer',
    { certificate: { issuer: { kind: 'ClusterIssuer', name: 'company-ca' } } },
    completePlatform,
  ],
  ['plaintext', { access: { exposure: 'tcp' } }, completePlatform],
  ['no gateway', { access: { exposure: 'none' } }, completePlatform],
  ['mTLS not strict', { strictMtls: false }, completePlatform],
  ['Istio 1.30', {}, OLD_ISTIO],
  ['Istio 1.29 with its alpha gate on', {}, ALPHA_ISTIO],
];

describe('the stages', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'all defaults',
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
      'an issuer of someone else',
      {
        certificate: { issuer: { kind: 'ClusterIssuer', name: 'company-ca' } },
      },
      [
        'namespace',
        'credentials',
        'gateway',
        'certificate',
        'policy',
        'database',
        'route',
        'proof',
      ],
    ],
    [
      'no gateway',
      { access: { exposure: 'none' } },
      ['namespace', 'credentials', 'policy', 'database', 'proof'],
    ],
  ])('are, with %s, in this order', (_name, changes, expected) => {
    expect(stagesOf(changes).map(({ name }) => name)).toEqual(expected);
  });

  it.each(CASES)(
    'make only manifests that fit the schema of their kind, with %s',
    async (_name, changes, platform) => {
      const manifests = manifestsOf(changes, platform);
      expect(manifests.length).toBeGreaterThan(8);
      for (const manifest of manifests) {
        await expect(validateManifest(manifest)).resolves.toBeUndefined();
      }
    },
  );

  it.each(CASES)(
    'give the same bytes for the same input, with %s',
    (_name, changes, platform) => {
      const bytes = () => JSON.stringify(manifestsOf(changes, platform));
      expect(bytes()).toBe(bytes());
    },
  );

  it.each(CASES)(
    'keep every object in the namespace, with its labels, and no two alike, with %s',
    (_name, changes, platform) => {
      const manifests = manifestsOf(changes, platform);
      for (const { kind, metadata } of manifests) {
        const place = kind === 'Namespace' ? metadata.name : metadata.namespace;
        expect([kind, place]).toEqual([kind, 'orders']);
        expect(metadata.labels).toMatchObject({
          'app.kubernetes.io/managed-by': 'ringfence',
          'ringfence.dev/database': 'orders',
          'app.kubernetes.io/name': 'scylladb',
          'app.kubernetes.io/instance': 'orders',
        });
      }
      const keys = manifests.map(m => `${m.kind}/${m.metadata.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    },
  );

  it.each(CASES)(
    'put no Secret among the manifests, with %s',
    (_name, changes, platform) => {
      const kinds = manifestsOf(changes, platform).map(({ kind }) => kind);
      expect(kinds).not.toContain('Secret');
    },
  );

  it('name what they wait for, how long, and what to look at', () => {
    for (const wait of stagesOf().flatMap(stage => stage.waits)) {
      expect(wait.name).not.toBe('');
      expect(wait.timeoutMs).toBeGreaterThanOrEqual(60_000);
      expect(wait.remedy).not.toBe('');
    }
  });

  it('work with names of the greatest length', async () => {
    const name = 'a'.repeat(40);
    for (const manifest of manifestsOf({ name, namespace: 'b'.repeat(63) })) {
      await expect(validateManifest(manifest)).resolves.toBeUndefined();
      expect(manifest.metadata.name.length).toBeLessThanOrEqual(63);
    }
  });
});

describe('stage "namespace"', () => {
  it('joins the ambient mesh, names the owner and enforces Pod Security', () => {
    const [namespace] = stageOf('namespace').manifests(observed);
    expect(namespace).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'orders',
        labels: {
          'app.kubernetes.io/managed-by': 'ringfence',
          'ringfence.dev/database': 'orders',
          'app.kubernetes.io/name': 'scylladb',
          'app.kubernetes.io/instance': 'orders',
          'istio.io/dataplane-mode': 'ambient',
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
        annotations: { 'ringfence.dev/owner': 'group:default/payments' },
      },
    });
  });
});

describe('stage "credentials"', () => {
  it('makes two logins with random passwords', () => {
    const [superuser, application] = stageOf('credentials').secrets!;
    expect(superuser).toMatchObject({
      name: 'orders-superuser',
      data: {
        username: { from: 'literal', value: 'orders_admin' },
        password: { from: 'random', length: 32 },
      },
    });
    expect(Object.keys(superuser.data)).toEqual(['username', 'password']);
    expect(application).toMatchObject({
      name: 'orders-app',
      data: {
        username: { from: 'literal', value: 'orders_app' },
        password: { from: 'random', length: 32 },
      },
    });
  });

  it('adds the settings that a release without a public superuser needs', () => {
    const [superuser] = stageOf('credentials', {
      version: '2026.2.5',
    }).secrets!;
    expect(superuser.data).toMatchObject({
      'password-hash': { from: 'sha512crypt', key: 'password' },
      'superuser.yaml': {
        from: 'template',
        text: "auth_superuser_name: '{{username}}'\nauth_superuser_salted_password: '{{password-hash}}'\n",
      },
    });
  });

  it.each([
    ['my-orders', 'my_orders_app'],
    ['2nd', 'db_2nd_app'],
  ])('names the role of "%s" so that CQL needs no quotes', (name, role) => {
    const [, application] = stageOf('credentials', { name }).secrets!;
    expect(application.data.username).toEqual({ from: 'literal', value: role });
  });
});
