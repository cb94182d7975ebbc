import { manifestOf, observed, stageOf } from '../__fixtures__/stages';

describe('stage "ca"', () => {
  it('makes a CA in two tiers with a Secret and a key of its own', () => {
    const [selfSigned, ca, issuer] = stageOf('ca').manifests(observed);
    expect(selfSigned).toMatchObject({
      kind: 'Issuer',
      metadata: { name: 'orders-selfsigned' },
      spec: { selfSigned: {} },
    });
    expect(ca).toMatchObject({
      kind: 'Certificate',
      metadata: { name: 'orders-ca' },
      spec: {
        isCA: true,
        commonName: 'orders CA',
        secretName: 'orders-ca',
        duration: '87600h',
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
        issuerRef: { kind: 'Issuer', name: 'orders-selfsigned' },
      },
    });
    expect(issuer).toMatchObject({
      kind: 'Issuer',
      metadata: { name: 'orders-ca' },
      spec: { ca: { secretName: 'orders-ca' } },
    });
  });
});

describe('stage "certificate"', () => {
  const certificate = (changes: Record<string, unknown> = {}) =>
    manifestOf('Certificate', changes, 'orders-tls').spec;

  it('carries every name and address that clients may use, in a Secret of its own', () => {
    expect(
      certificate({
        certificate: {
          dnsNames: ['orders.internal', 'orders.example.com'],
          ipAddresses: ['192.0.2.1', '203.0.113.10'],
        },
        access: { hostname: 'orders.example.com' },
      }),
    ).toEqual({
      commonName: 'orders.example.com',
      dnsNames: [
        'orders.example.com',
        'orders.internal',
        'orders-gateway-istio.orders.svc',
        'orders-gateway-istio.orders.svc.cluster.local',
      ],
      ipAddresses: ['192.0.2.1', '203.0.113.10'],
      secretName: 'orders-tls',
      secretTemplate: { labels: expect.any(Object) },
      duration: '2160h',
      renewBefore: '720h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['server auth', 'digital signature'],
      issuerRef: {
        group: 'cert-manager.io',
        kind: 'Issuer',
        name: 'orders-ca',
      },
    });
  });

  it("takes the Gateway's address as a host name where it is one, in any order", () => {
    const addresses = [
      { type: 'Hostname', value: 'b.elb.example.com' },
      { type: 'Hostname', value: 'a.elb.example.com' },
    ] as const;
    const made = [addresses, [...addresses].reverse()].map(
      gatewayAddresses =>
        stageOf('certificate').manifests({ ...observed, gatewayAddresses })[0],
    );
    expect(made[0].spec.dnsNames.slice(-2)).toEqual([
      'a.elb.example.com',
      'b.elb.example.com',
    ]);
    expect(made[0].spec).not.toHaveProperty('ipAddresses');
    expect(made[1]).toEqual(made[0]);
  });

  it('leaves out what a public CA does not sign', () => {
    expect(
      certificate({
        certificate: {
          internalNames: false,
          issuer: { kind: 'ClusterIssuer', name: 'acme' },
        },
        access: { hostname: 'orders.example.com' },
      }),
    ).toMatchObject({
      commonName: 'orders.example.com',
      dnsNames: ['orders.example.com'],
      issuerRef: { kind: 'ClusterIssuer', name: 'acme' },
    });
  });

  it('lets RSA keys encipher', () => {
    expect(certificate({ certificate: { keyAlgorithm: 'RSA' } })).toMatchObject(
      {
        privateKey: { algorithm: 'RSA', size: 3072 },
        usages: ['server auth', 'digital signature', 'key encipherment'],
      },
    );
  });

  it('has a subject also where every name is too long for a common name', () => {
    const spec = certificate({ namespace: 'n'.repeat(63) });
    expect(spec).not.toHaveProperty('commonName');
    expect(spec.subject).toEqual({ organizations: ['orders'] });
  });
});
