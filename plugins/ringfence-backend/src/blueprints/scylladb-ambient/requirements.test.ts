import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import { completePlatform, servedWithout } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';
import { scylladbAmbientRequirements } from './requirements';

const istio = completePlatform.istio!;

/** The requirements that are not met, of a complete platform with changes. */
function unmet(
  platform: Partial<Platform> = {},
  spec: Record<string, unknown> = {},
) {
  return scylladbAmbientRequirements(exampleSpec(spec), {
    ...completePlatform,
    ...platform,
  }).filter(({ met }) => !met);
}

describe('requirements', () => {
  it('are all met by a Kubernetes cluster that has everything', () => {
    expect(unmet()).toEqual([]);
  });

  it.each<
    [string, Partial<Platform>, Record<string, unknown>, string, string, string]
  >([
    [
      'no Istio',
      { istio: undefined },
      {},
      'Istio',
      'Kubernetes cluster "eu-1" has no Istio',
      'istioctl install --set profile=ambient',
    ],
    [
      'Istio without policies',
      { apis: servedWithout('PeerAuthentication') },
      {},
      'Istio',
      'does not serve PeerAuthentication (security.istio.io/v1)',
      'istioctl install',
    ],
    [
      'no ztunnel',
      { istio: { ...istio, ambient: undefined } },
      {},
      'Istio ambient mesh',
      'there is no ztunnel in namespace "istio-system"',
      'istioctl install --set profile=ambient',
    ],
    [
      'no ready ztunnel',
      { istio: { ...istio, ambient: { desired: 3, ready: 0 } } },
      {},
      'Istio ambient mesh',
      'ztunnel is ready on none of 3 nodes',
      'kubectl get pods -n istio-system -l app=ztunnel',
    ],
    [
      'no istio-cni',
      { istio: { ...istio, cni: false } },
      {},
      'Istio ambient mesh',
      'istio-cni does not run',
      'istioctl install',
    ],
    [
      'an Istio before ambient',
      { istio: { ...istio, version: '1.23.6' } },
      { access: { exposure: 'none' } },
      'Istio ambient mesh',
      'ambient mode is stable since 1.24',
      'istioctl upgrade',
    ],
    [
      'no Gateway API',
      { apis: servedWithout('Gateway') },
      {},
      'Gateway API',
      'does not serve Gateway',
      'kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api',
    ],
    [
      'no route that works',
      { apis: servedWithout('TCPRoute', 'TLSRoute') },
      {},
      'Route',
      'no route attaches to a TLS listener',
      'kubectl apply --server-side',
    ],
    [
      'no cert-manager',
      { apis: servedWithout('Certificate', 'Issuer') },
      {},
      'cert-manager',
      'does not serve Certificate and Issuer',
      'kubectl apply -f https://github.com/cert-manager',
    ],
    [
      'an unknown GatewayClass',
      {},
      { access: { gatewayClass: 'envoy' } },
      'GatewayClass',
      'GatewayClass "envoy" not found; there are: istio, istio-waypoint',
      'kubectl get gatewayclass',
    ],
    [
      "a GatewayClass that is not Istio's gateway",
      {},
      { access: { gatewayClass: 'istio-waypoint' } },
      'GatewayClass',
      'is run by istio.io/mesh-controller',
      'kubectl get gatewayclass',
    ],
    [
      'a GatewayClass that is not accepted',
      {
        gatewayClasses: [
          {
            name: 'istio',
            controllerName: 'istio.io/gateway-controller',
            accepted: false,
          },
        ],
      },
      {},
      'GatewayClass',
      'GatewayClass "istio" is not accepted',
      'kubectl describe gatewayclass istio',
    ],
    [
      'an unknown StorageClass',
      {},
      { storage: { className: 'gold' } },
      'StorageClass',
      'StorageClass "gold" not found; there are: standard, fast-xfs, slow-ext4',
      'kubectl get storageclass',
    ],
    [
      'no default StorageClass',
      { storageClasses: [] },
      {},
      'StorageClass',
      'There is no default StorageClass',
      'kubectl get storageclass',
    ],
    [
      'ext4 in production',
      {},
      { profile: 'production', storage: { className: 'slow-ext4' } },
      'StorageClass',
      'makes ext4 volumes; ScyllaDB in production needs XFS',
      'kubectl get storageclass',
    ],
    [
      'an unknown ClusterIssuer',
      {},
      { certificate: { issuer: { kind: 'ClusterIssuer', name: 'acme' } } },
      'Issuer',
      'ClusterIssuer "acme" not found; there are: company-ca, broken-ca',
      'kubectl get clusterissuer',
    ],
    [
      'a ClusterIssuer that is not ready',
      {},
      { certificate: { issuer: { kind: 'ClusterIssuer', name: 'broken-ca' } } },
      'Issuer',
      'ClusterIssuer "broken-ca" is not ready',
      'kubectl describe clusterissuer broken-ca',
    ],
  ])(
    'refuse %s, with the command that mends it',
    (_name, platform, spec, name, message, command) => {
      const required = unmet(platform, spec).filter(
        ({ level }) => level === 'required',
      );
      expect(required).toEqual([
        expect.objectContaining({
          name,
          message: expect.stringContaining(message),
          remedy: {
            text: expect.stringMatching(/./),
            command: expect.stringContaining(command),
          },
        }),
      ]);
    },
  );

  it.each<[string, Platform['defaults'], Record<string, unknown>, string]>([
    [
      'GatewayClass',
      { gatewayClasses: ['internal'] },
      {},
      'access.gatewayClass',
    ],
    [
      'StorageClass',
      { storageClasses: ['fast-xfs'] },
      { storage: { className: 'standard' } },
      'storage.className',
    ],
    [
      'Issuer',
      { issuers: [{ kind: 'ClusterIssuer', name: 'acme' }] },
      {
        certificate: { issuer: { kind: 'ClusterIssuer', name: 'company-ca' } },
      },
      'certificate.issuer',
    ],
  ])(
    'refuse a %s that the portal does not allow',
    (name, defaults, spec, field) => {
      expect(unmet({ defaults }, spec)).toEqual([
        expect.objectContaining({
          name,
          field,
          level: 'required',
          message: expect.stringContaining(
            'is not among those that the portal allows in Kubernetes cluster "eu-1"',
          ),
        }),
      ]);
    },
  );

  it('refuse a host name that is not under the DNS suffix', () => {
    const defaults = { dnsSuffix: 'db.example.com' };
    const access = { hostname: 'orders.example.com' };
    expect(unmet({ defaults }, { access })).toMatchObject([
      { name: 'Host name', level: 'required', field: 'access.hostname' },
    ]);
    access.hostname = 'orders.db.example.com';
    expect(unmet({ defaults }, { access })).toEqual([]);
  });

  it.each<[string, Partial<Platform>, Record<string, unknown>, string, string]>(
    [
      [
        'what cannot be seen',
        {},
        { profile: 'production', storage: { className: 'fast-xfs' } },
        'fs.aio-max-nr',
        'cannot see fs.aio-max-nr',
      ],
      [
        'a file system that is not known',
        {},
        { profile: 'production' },
        'XFS',
        'does not say which file system',
      ],
      [
        'too few replicas in production',
        {},
        { profile: 'production', replicas: 2 },
        'Quorum',
        '2 replicas survive the loss of none',
      ],
      [
        'too few nodes',
        { nodes: [{ name: 'a', ready: true }] },
        {},
        'Nodes',
        '3 replicas on 1 ready nodes',
      ],
      [
        'a ztunnel that is missing on some node',
        { istio: { ...istio, ambient: { desired: 3, ready: 2 } } },
        {},
        'ztunnel on every node',
        'ztunnel is ready on 2 of 3 nodes',
      ],
      [
        'plaintext',
        {},
        { access: { exposure: 'tcp' } },
        'Plaintext',
        'it will be reported as failing',
      ],
      [
        'a route that needs SNI',
        { istio: { ...istio, version: '1.30.0' } },
        {},
        'Route kind',
        'clients must send the server name (SNI)',
      ],
      [
        'an Issuer of the namespace to come',
        {},
        { certificate: { issuer: { kind: 'Issuer', name: 'own' } } },
        'Issuer',
        'Issuer "orders/own" must be made while',
      ],
    ],
  )('note %s, and go on', (_name, platform, spec, name, message) => {
    const notes = unmet(platform, spec);
    expect(notes.every(({ level }) => level === 'note')).toBe(true);
    expect(notes).toContainEqual(
      expect.objectContaining({
        name,
        message: expect.stringContaining(message),
      }),
    );
  });

  it('ask for no gateway, certificate or issuer where nobody comes from outside', () => {
    const platform = {
      apis: servedWithout('Gateway', 'TCPRoute', 'TLSRoute', 'Certificate'),
      gatewayClasses: [],
    };
    expect(unmet(platform, { access: { exposure: 'none' } })).toEqual([]);
  });

  it('have no note for plaintext that is accepted', () => {
    const access = { exposure: 'tcp', acceptPlaintext: true };
    expect(unmet({}, { access })).toEqual([]);
  });
});
