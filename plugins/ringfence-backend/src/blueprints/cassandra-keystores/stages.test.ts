import {
  FIRST_AUTHORITIES,
  type Authorities,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Manifest,
  Observed,
} from '@ringfence/backstage-plugin-ringfence-node';
import { validateManifest } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { cassandraKeystores } from '.';
import { completePlatform } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';
import {
  manifestOf,
  manifestsOf,
  stageOf,
  stagesOf,
} from './__fixtures__/stages';

const REAPER = { reaper: { enabled: true } };
const ISSUER = { kind: 'ClusterIssuer', name: 'company-ca' };
const BROUGHT = { kind: 'bring-your-own', secret: 'company-ca' };

/** The CAs, as they are read where a stage asks for them. */
const observed: Observed = {
  gatewayAddresses: [],
  secretHashes: {},
  certificates: {
    'orders-ca': 'CLIENT 1\n',
    'orders-ca-2': 'CLIENT 2\n',
    'orders-internode-ca': 'NODES 1',
    'orders-internode-ca-2': 'NODES 2\n',
    'company-ca': 'COMPANY\nROOT\n',
  },
};

function named(
  kind: string,
  changes: Record<string, unknown> = {},
  authorities: Authorities = FIRST_AUTHORITIES,
): Record<string, Manifest> {
  const spec = { ...exampleSpec(changes), authorities };
  const manifests = cassandraKeystores
    .stages(spec, completePlatform)
    .flatMap(stage => stage.manifests(observed))
    .filter(manifest => manifest.kind === kind);
  return Object.fromEntries(
    manifests.map(manifest => [manifest.metadata.name, manifest]),
  );
}

describe('the stages of a Cassandra ring with TLS of its own', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'with CAs of its own',
      {},
      [
        'namespace',
        'credentials',
        'ca',
        'trust',
        'certificate',
        'policy',
        'database',
        'proof',
      ],
    ],
    [
      'with a CA that is brought, which is looked at first',
      { tls: { client: { issuer: BROUGHT } } },
      [
        'namespace',
        'brought-ca',
        'credentials',
        'ca',
        'trust',
        'certificate',
        'policy',
        'database',
        'proof',
      ],
    ],
    [
      'without TLS',
      { tls: { client: { enabled: false }, internode: { enabled: false } } },
      ['namespace', 'credentials', 'policy', 'database', 'proof'],
    ],
  ])('are these %s', (_name, changes, expected) => {
    expect(stagesOf(changes).map(({ name }) => name)).toEqual(expected);
  });

  it('bring Reaper before the proof, its keyspace before itself', () => {
    expect(
      stagesOf(REAPER)
        .map(({ name }) => name)
        .slice(-3),
    ).toEqual(['reaper-keyspace', 'reaper', 'proof']);
  });

  it('make nothing with a CA that is brought before it was looked at', () => {
    const before = stagesOf({ tls: { client: { issuer: BROUGHT } } }).slice(
      0,
      2,
    );
    expect(
      before
        .flatMap(stage => stage.manifests(observed))
        .map(({ kind }) => kind),
    ).toEqual(['Namespace']);
    expect(before[1].waits.map(({ name }) => name)).toEqual([
      'Secret "orders/company-ca" holds a CA that can sign',
    ]);
  });

  it('make manifests that the schemas of their kinds take', async () => {
    const spec = { ...exampleSpec(REAPER), authorities: FIRST_AUTHORITIES };
    const manifests = cassandraKeystores
      .stages(spec, completePlatform)
      .flatMap(stage => stage.manifests(observed))
      .filter(({ kind }) => kind !== 'CassandraDatacenter');
    expect(manifests.length).toBe(15);
    for (const manifest of manifests) await validateManifest(manifest);
  });

  it('have no password in any manifest, nor a place that one would be in', () => {
    const text = JSON.stringify(manifestsOf(REAPER));
    const passwords = text.match(/"[a-z_]*[pP]assword"\s*:\s*"[^"]*"/g) ?? [];
    // An empty one: a PEM file has none.
    expect(new Set(passwords)).toEqual(new Set(['"keystore_password":""']));
    expect(text).not.toMatch(/StorePassword=/);
  });
});

describe('the certificates', () => {
  it('are one for all nodes on each side, each signed by a CA of its own', () => {
    const certificates = named('Certificate');
    expect(Object.keys(certificates)).toEqual([
      'orders-ca',
      'orders-internode-ca',
      'orders-tls',
      'orders-internode-tls',
      'orders-portal-tls',
    ]);
    expect(certificates['orders-tls'].spec).toMatchObject({
      dnsNames: [
        'orders-orders-service.orders.svc',
        'orders-orders-service.orders.svc.cluster.local',
        'orders-orders-all-pods-service.orders.svc',
        '*.orders-orders-all-pods-service.orders.svc',
        'orders-orders-all-pods-service.orders.svc.cluster.local',
        '*.orders-orders-all-pods-service.orders.svc.cluster.local',
        '*.orders-orders-service.orders.svc.cluster.local',
        '*.orders-seed-service.orders.svc.cluster.local',
      ],
      usages: ['server auth', 'digital signature'],
      issuerRef: { kind: 'Issuer', name: 'orders-ca' },
      privateKey: { encoding: 'PKCS8' },
      additionalOutputFormats: [{ type: 'CombinedPEM' }],
    });
    expect(certificates['orders-internode-tls'].spec).toMatchObject({
      usages: ['server auth', 'client auth', 'digital signature'],
      issuerRef: { kind: 'Issuer', name: 'orders-internode-ca' },
    });
  });

  it('come as JKS and PKCS #12 too, opened by the generated password', () => {
    const passwordSecretRef = {
      name: 'orders-keystore-password',
      key: 'password',
    };
    for (const name of ['orders-tls', 'orders-internode-tls']) {
      expect(named('Certificate')[name].spec.keystores).toEqual({
        jks: { create: true, alias: 'certificate', passwordSecretRef },
        pkcs12: { create: true, profile: 'Modern2023', passwordSecretRef },
      });
    }
    expect(stageOf('credentials').secrets).toContainEqual(
      expect.objectContaining({
        name: 'orders-keystore-password',
        data: { password: { from: 'random', length: 32 } },
      }),
    );
  });

  it.each([
    ['an issuer that is there', ISSUER, ISSUER],
    ['a CA that is brought', BROUGHT, { kind: 'Issuer', name: 'orders-ca' }],
  ])('are signed by %s on the side that asks for it', (_name, issuer, ref) => {
    const changes = { tls: { client: { issuer } } };
    const certificates = named('Certificate', changes);
    expect(certificates['orders-ca']).toBeUndefined();
    expect(certificates['orders-tls'].spec.issuerRef).toMatchObject(ref);
    expect(certificates['orders-internode-tls'].spec.issuerRef).toMatchObject({
      name: 'orders-internode-ca',
    });
  });
});

describe('the CassandraDatacenter', () => {
  it('encrypts both sides, and takes nothing else', () => {
    const { spec, metadata } = manifestOf('CassandraDatacenter');
    const factory = {
      class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory',
    };
    expect(spec.config['cassandra-yaml']).toMatchObject({
      authenticator: 'PasswordAuthenticator',
      client_encryption_options: {
        enabled: true,
        optional: false,
        require_client_auth: true,
        ssl_context_factory: factory,
        keystore: '/mnt/client-stores/tls-combined.pem',
        truststore: '/mnt/client-trust/ca.crt',
      },
      server_encryption_options: {
        internode_encryption: 'all',
        optional: false,
        require_client_auth: true,
        ssl_context_factory: factory,
        keystore: '/mnt/internode-stores/tls-combined.pem',
        truststore: '/mnt/internode-trust/ca.crt',
      },
    });
    expect(metadata.annotations).toEqual({
      'cassandra.datastax.com/no-finalizer': 'true',
    });
    expect(spec).toMatchObject({
      clusterName: 'orders',
      serverVersion: '5.0.8',
      size: 3,
      superuserSecretName: 'orders-superuser',
    });
  });

  it('mounts of each Secret the one key that nodes read, and never by subPath', () => {
    const { spec } = manifestOf('CassandraDatacenter').spec.podTemplateSpec;
    expect(spec.volumes).toEqual([
      {
        name: 'client-stores',
        secret: {
          secretName: 'orders-tls',
          items: [{ key: 'tls-combined.pem', path: 'tls-combined.pem' }],
        },
      },
      {
        name: 'client-trust',
        configMap: {
          name: 'orders-trust',
          items: [{ key: 'ca.crt', path: 'ca.crt' }],
        },
      },
      expect.objectContaining({ name: 'internode-stores' }),
      expect.objectContaining({ name: 'internode-trust' }),
    ]);
    expect(JSON.stringify(spec)).not.toContain('subPath');
  });

  it('trusts what signed its own certificate where the issuer is somebody else’s', () => {
    const changes = { tls: { client: { issuer: ISSUER } } };
    const { spec } = manifestOf('CassandraDatacenter', changes).spec
      .podTemplateSpec;
    expect(spec.volumes[1]).toEqual({
      name: 'client-trust',
      secret: {
        secretName: 'orders-tls',
        items: [{ key: 'ca.crt', path: 'ca.crt' }],
      },
    });
    expect(named('ConfigMap', changes)).not.toHaveProperty('orders-trust');
  });

  it.each(['client', 'internode'])(
    'leaves %s in plaintext where asked',
    side => {
      const changes = { tls: { [side]: { enabled: false } } };
      const datacenter = manifestOf('CassandraDatacenter', changes);
      const options = datacenter.spec.config['cassandra-yaml'];
      expect(
        side === 'client'
          ? options.client_encryption_options
          : options.server_encryption_options,
      ).toEqual(
        side === 'client'
          ? { enabled: false }
          : { internode_encryption: 'none' },
      );
      expect(Object.keys(named('Certificate', changes))).not.toContain(
        side === 'client' ? 'orders-tls' : 'orders-internode-tls',
      );
    },
  );
});

describe('the rotation of the CAs', () => {
  const steps: [string, Authorities][] = [
    ['before it', { signing: 1, trusted: [1] }],
    ['trust', { signing: 1, trusted: [1, 2] }],
    ['issue', { signing: 2, trusted: [1, 2] }],
    ['drop', { signing: 2, trusted: [2] }],
  ];

  it.each(steps)(
    'says at "%s" what is trusted and who signs',
    (_name, authorities) => {
      const pems = (side: string) =>
        authorities.trusted.map(authority => `${side} ${authority}\n`).join('');
      const suffix = authorities.signing === 1 ? '' : '-2';
      const trust = named('ConfigMap', {}, authorities);
      expect(trust['orders-trust'].data).toEqual({ 'ca.crt': pems('CLIENT') });
      expect(trust['orders-internode-trust'].data).toEqual({
        'ca.crt': pems('NODES'),
      });
      const leaves = named('Certificate', {}, authorities);
      expect([
        leaves['orders-tls'].spec.issuerRef.name,
        leaves['orders-internode-tls'].spec.issuerRef.name,
        leaves['orders-portal-tls'].spec.issuerRef.name,
      ]).toEqual([
        `orders-ca${suffix}`,
        `orders-internode-ca${suffix}`,
        `orders-ca${suffix}`,
      ]);
    },
  );

  it('rolls the nodes at each step', () => {
    const seen = steps.map(
      ([, authorities]) =>
        named('CassandraDatacenter', {}, authorities).orders.spec
          .podTemplateSpec.metadata.annotations['ringfence.dev/stores'],
    );
    expect(seen).toEqual([
      'trusts 1; shows 1',
      'trusts 1, 2; shows 1',
      'trusts 1, 2; shows 2',
      'trusts 2; shows 2',
    ]);
  });

  it('gives each CA a name of its own: roots of one name are taken for each other', () => {
    const certificates = named('Certificate', {}, steps[1][1]);
    const subjects = Object.values(certificates)
      .filter(({ spec }) => spec.isCA)
      .map(({ spec }) => spec.commonName);
    expect(subjects).toHaveLength(4);
    expect(new Set(subjects).size).toBe(4);
  });

  it('trusts nothing anew until every CA is there', () => {
    const spec = { ...exampleSpec(), authorities: steps[1][1] };
    const stage = cassandraKeystores
      .stages(spec, completePlatform)
      .find(({ name }) => name === 'trust')!;
    const { 'orders-ca-2': _absent, ...certificates } = observed.certificates!;
    expect(stage.certificates).toEqual([
      'orders-ca',
      'orders-ca-2',
      'orders-internode-ca',
      'orders-internode-ca-2',
    ]);
    expect(
      stage
        .manifests({ ...observed, certificates })
        .map(({ metadata }) => metadata.name),
    ).toEqual(['orders-internode-trust']);
  });

  it('runs through the very manifests of the stages, without making roles again', () => {
    const spec = { ...exampleSpec(), authorities: steps[2][1] };
    const [rotation] = cassandraKeystores.operations(spec);
    const stages = rotation.stages(completePlatform);
    const all = cassandraKeystores
      .stages(spec, completePlatform)
      .flatMap(stage => stage.manifests(observed));
    for (const manifest of stages.flatMap(s => s.manifests(observed))) {
      expect(all).toContainEqual(manifest);
    }
    expect(stages.map(({ name }) => name)).toEqual([
      'ca',
      'trust',
      'certificate',
      'database',
      'proof',
    ]);
    expect(stages.flatMap(({ actions = [] }) => actions)).toEqual([]);
  });

  it('leaves nothing of a CA that is dropped, on both sides', () => {
    const [rotation] = cassandraKeystores.operations(exampleSpec());
    expect(
      rotation.obsolete!(1).map(({ kind, name }) => `${kind} ${name}`),
    ).toEqual([
      'Issuer orders-ca',
      'Certificate orders-ca',
      'Secret orders-ca',
      'Issuer orders-internode-ca',
      'Certificate orders-internode-ca',
      'Secret orders-internode-ca',
    ]);
  });

  it('is of the CAs of its own alone', () => {
    const tls = { client: { issuer: ISSUER }, internode: { issuer: ISSUER } };
    expect(cassandraKeystores.operations(exampleSpec({ tls }))).toEqual([]);
    const one = exampleSpec({ tls: { client: { issuer: ISSUER } } });
    const [rotation] = cassandraKeystores.operations(one);
    expect(rotation.obsolete!(1).map(({ name }) => name)).toEqual([
      'orders-internode-ca',
      'orders-internode-ca',
      'orders-internode-ca',
    ]);
  });
});

describe('the fence around a Cassandra ring with TLS of its own', () => {
  const ingress = (changes: Record<string, unknown> = {}) =>
    named('NetworkPolicy', changes).orders.spec.ingress;
  const ports = (...numbers: number[]) =>
    numbers.map(port => ({ protocol: 'TCP', port }));
  const namespace = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const ring = {
    podSelector: {
      matchLabels: {
        'cassandra.datastax.com/cluster': 'orders',
        'cassandra.datastax.com/datacenter': 'orders',
      },
    },
  };

  it('lets clients to CQL, nodes to nodes and the operator to its API', () => {
    const changes = {
      access: { clients: [{ namespace: 'shop' }] },
      monitoring: { namespace: 'monitoring' },
    };
    expect(ingress(changes)).toEqual([
      { from: [ring, namespace('shop')], ports: ports(9042) },
      { from: [ring], ports: ports(7000, 7001) },
      { from: [namespace('cass-operator')], ports: ports(8080) },
      { from: [namespace('monitoring')], ports: ports(9000) },
    ]);
  });

  it('lets Reaper to the nodes, and nobody to Reaper', () => {
    const policies = named('NetworkPolicy', REAPER);
    expect(JSON.stringify(policies.orders.spec.ingress)).toContain('"repair"');
    expect(policies['orders-reaper'].spec.ingress).toEqual([]);
  });
});

describe('the proof that the fence holds', () => {
  it('lets in who has both, and nobody in plaintext or without a certificate', () => {
    expect(stageOf('proof').waits.map(({ name }) => name)).toEqual([
      'Login as the application role is accepted',
      'A connection to port 9042 without a client certificate is refused',
      'A client in plaintext is refused',
      'Anonymous login is refused',
      'Login as "cassandra" with the password that everybody knows is refused',
    ]);
  });

  it('has no certificates to ask for where clients speak plaintext', () => {
    const tls = { client: { enabled: false } };
    expect(stageOf('proof', { tls }).waits).toHaveLength(3);
  });
});

describe('the access to a Cassandra ring with TLS of its own', () => {
  it('is the nodes’ own, with a certificate', () => {
    expect(cassandraKeystores.access(exampleSpec())).toMatchObject({
      exposure: 'direct',
      tlsPorts: [9042],
      serverName: 'orders-orders-service.orders.svc.cluster.local',
      inClusterHost: 'orders-orders-service.orders.svc.cluster.local',
      caSecret: 'orders-tls',
      furtherCaSecrets: [],
      clientCertificates: {
        mode: 'required',
        issuer: { kind: 'Issuer', name: 'orders-ca' },
        portalSecret: 'orders-portal-tls',
      },
      datacenter: 'orders',
    });
    expect(cassandraKeystores.access(exampleSpec()).gateway).toBeUndefined();
  });

  it('has clients trust both CAs while one takes the place of the other', () => {
    const spec = {
      ...exampleSpec(),
      authorities: { signing: 2, trusted: [1, 2] },
    };
    expect(cassandraKeystores.access(spec)).toMatchObject({
      furtherCaSecrets: ['orders-ca', 'orders-ca-2'],
      clientCertificates: { issuer: { name: 'orders-ca-2' } },
    });
  });

  it('is told to nobody where clients would speak plaintext', () => {
    const tls = { client: { enabled: false } };
    expect(cassandraKeystores.access(exampleSpec({ tls }))).toMatchObject({
      exposure: 'none',
      tlsPorts: [],
    });
  });
});
