import { completePlatform, servedApis } from '../../__fixtures__/platform';
import { manifestOf, observed, stageOf } from '../__fixtures__/stages';

const GROUP = 'gateway.networking.k8s.io';

function listeners(changes: Record<string, unknown> = {}) {
  return manifestOf('Gateway', changes).spec.listeners.map((listener: any) => [
    listener.name,
    listener.port,
    listener.protocol,
    listener.tls?.mode,
  ]);
}

describe('stage "gateway"', () => {
  it.each<[string, Record<string, unknown>, unknown[]]>([
    [
      'tls',
      {},
      [
        ['cql-tls', 9041, 'TLS', 'Terminate'],
        ['cql-tls-native', 9042, 'TLS', 'Terminate'],
      ],
    ],
    [
      'tls without the native port',
      { access: { nativePort: false } },
      [['cql-tls', 9041, 'TLS', 'Terminate']],
    ],
    [
      'tcp',
      { access: { exposure: 'tcp' } },
      [
        ['cql-tls', 9041, 'TLS', 'Terminate'],
        ['cql', 9042, 'TCP', undefined],
      ],
    ],
  ])(
    'listens, with exposure %s, on these ports',
    (_name, changes, expected) => {
      expect(listeners(changes)).toEqual(expected);
    },
  );

  it('ends TLS with the service certificate and asks for no server name', () => {
    const [listener] = manifestOf('Gateway').spec.listeners;
    expect(listener).toEqual({
      name: 'cql-tls',
      port: 9041,
      protocol: 'TLS',
      tls: {
        mode: 'Terminate',
        certificateRefs: [{ group: '', kind: 'Secret', name: 'orders-tls' }],
      },
      allowedRoutes: {
        namespaces: { from: 'Same' },
        kinds: [{ group: GROUP, kind: 'TCPRoute' }],
      },
    });
  });

  it("gives Istio's gateway pod the seccomp profile that Pod Security asks for", () => {
    const gateway = manifestOf('Gateway');
    expect(gateway.spec.infrastructure.parametersRef).toEqual({
      group: '',
      kind: 'ConfigMap',
      name: 'orders-gateway',
    });
    const { data } = manifestOf('ConfigMap', {}, 'orders-gateway');
    expect(JSON.parse(data.deployment)).toEqual({
      spec: {
        replicas: 1,
        template: {
          spec: {
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
          },
        },
      },
    });
  });

  it("gives the gateway's pods labels that the database's policies do not select", () => {
    const { infrastructure } = manifestOf('Gateway').spec;
    expect(infrastructure.labels['app.kubernetes.io/component']).toBe(
      'gateway',
    );
  });

  it('tells external-dns the stable host name', () => {
    const changes = { access: { hostname: 'orders.example.com' } };
    const annotation = {
      'external-dns.alpha.kubernetes.io/hostname': 'orders.example.com',
    };
    expect(
      manifestOf('Gateway', changes).spec.infrastructure.annotations,
    ).toEqual(annotation);
    expect(manifestOf('TCPRoute', changes).metadata.annotations).toEqual(
      annotation,
    );
    expect(manifestOf('TCPRoute').metadata).not.toHaveProperty('annotations');
  });
});

describe('stage "route"', () => {
  it('leads from every listener to the CQL Service', () => {
    const [route] = stageOf('route').manifests(observed);
    expect(route).toMatchObject({
      apiVersion: `${GROUP}/v1`,
      kind: 'TCPRoute',
      metadata: { name: 'orders-cql' },
      spec: {
        parentRefs: [{ group: GROUP, kind: 'Gateway', name: 'orders-gateway' }],
        rules: [
          {
            backendRefs: [
              {
                group: '',
                kind: 'Service',
                name: 'orders-cql',
                port: 9042,
                weight: 1,
              },
            ],
          },
        ],
      },
    });
    expect(route.spec.parentRefs[0]).not.toHaveProperty('sectionName');
  });

  it('is a TLSRoute with every name where Istio reads no TCPRoute', () => {
    const platform = {
      ...completePlatform,
      apis: servedApis([`${GROUP}/v1 TLSRoute`, `${GROUP}/v1 TCPRoute`]),
      istio: { ...completePlatform.istio!, version: '1.30.0' },
    };
    const changes = { access: { hostname: 'orders.example.com' } };
    const [route] = stageOf('route', changes, platform).manifests(observed);
    expect(route.kind).toBe('TLSRoute');
    expect(route.spec.hostnames).toEqual([
      'orders.example.com',
      'orders-gateway-istio.orders.svc',
      'orders-gateway-istio.orders.svc.cluster.local',
    ]);
    const [, gateway] = stageOf('gateway', changes, platform).manifests(
      observed,
    );
    expect(gateway.spec.listeners[0].allowedRoutes.kinds).toEqual([
      { group: GROUP, kind: 'TLSRoute' },
    ]);
  });
});
