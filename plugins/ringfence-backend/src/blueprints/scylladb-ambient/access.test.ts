import { scylladbAmbient } from '.';
import { exampleSpec } from './__fixtures__/spec';

const { access: accessRecipe, observation: observationRecipe } =
  scylladbAmbient;

describe('accessRecipe', () => {
  it.each<[string, Record<string, unknown>, number[], number[], string]>([
    [
      'tls',
      {},
      [9041, 9042],
      [],
      'orders-gateway-istio.orders.svc.cluster.local',
    ],
    [
      'tls without the native port',
      { access: { nativePort: false } },
      [9041],
      [],
      'orders-gateway-istio.orders.svc.cluster.local',
    ],
    [
      'tls with a host name',
      { access: { hostname: 'orders.example.com' } },
      [9041, 9042],
      [],
      'orders.example.com',
    ],
    [
      'tcp',
      { access: { exposure: 'tcp' } },
      [9041],
      [9042],
      'orders-gateway-istio.orders.svc.cluster.local',
    ],
    [
      'none',
      { access: { exposure: 'none' } },
      [],
      [],
      'orders-cql.orders.svc.cluster.local',
    ],
    [
      'an issuer of public names',
      { certificate: { internalNames: false, dnsNames: ['a.example.com'] } },
      [9041, 9042],
      [],
      'a.example.com',
    ],
  ])(
    'says, with exposure %s, where clients get in',
    (_name, changes, tlsPorts, plaintextPorts, serverName) => {
      expect(accessRecipe(exampleSpec(changes))).toMatchObject({
        tlsPorts,
        plaintextPorts,
        serverName,
      });
    },
  );

  it('names the objects to read from', () => {
    expect(accessRecipe(exampleSpec())).toMatchObject({
      protocol: 'cql',
      exposure: 'tls',
      gateway: { kind: 'Gateway', namespace: 'orders', name: 'orders-gateway' },
      inClusterHost: 'orders-gateway-istio.orders.svc.cluster.local',
      caSecret: 'orders-tls',
      certificate: 'orders-tls',
      applicationRoleSecret: 'orders-app',
      datacenter: 'datacenter1',
    });
  });
});

describe('observationRecipe', () => {
  it.each<[string, Record<string, unknown>, string[], string[]]>([
    [
      'all defaults',
      {},
      ['orders-ca', 'orders-tls'],
      ['TCPRoute', 'TCPRoute', 'TLSRoute'],
    ],
    [
      'an issuer of someone else',
      {
        certificate: { issuer: { kind: 'ClusterIssuer', name: 'company-ca' } },
      },
      ['orders-tls'],
      ['TCPRoute', 'TCPRoute', 'TLSRoute'],
    ],
    ['no gateway', { access: { exposure: 'none' } }, [], []],
  ])(
    'looks, with %s, at these certificates and routes',
    (_name, changes, certificates, routes) => {
      const recipe = observationRecipe(exampleSpec(changes));
      expect(recipe.certificates.map(({ name }) => name)).toEqual(certificates);
      expect(recipe.routes.map(({ kind }) => kind)).toEqual(routes);
    },
  );

  it('looks at the pods, and tries the login that everybody knows', () => {
    expect(observationRecipe(exampleSpec())).toMatchObject({
      podLabels: {
        'app.kubernetes.io/instance': 'orders',
        'app.kubernetes.io/component': 'database',
      },
      container: 'scylla',
      statefulSet: 'orders',
      replicas: 3,
      meshMode: 'ambient',
      clientPort: 9042,
      ringCommand: ['nodetool', 'status'],
      publicLogins: [{ username: 'cassandra', password: 'cassandra' }],
    });
  });
});
