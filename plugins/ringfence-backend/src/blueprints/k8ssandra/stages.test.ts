import { X509Certificate } from 'node:crypto';
import {
  FIRST_AUTHORITIES,
  type Authorities,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  Secret,
  type DatabaseTools,
  type KubernetesObject,
  type Manifest,
  type ObjectWait,
  type Observed,
  type ProbeWait,
} from '@ringfence/backstage-plugin-ringfence-node';
import { validateManifest } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { mintCa } from '@ringfence/connection/testUtils';
import { k8ssandra } from '.';
import { STORE_PASSWORD } from '../../access/pkcs12';
import { openStore } from '../../observing/storeContent';
import { completePlatform, servedApis } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';
import {
  manifestOf,
  manifestsOf,
  stageOf,
  stagesOf,
} from './__fixtures__/stages';

const BACKUP = {
  medusa: {
    enabled: true,
    schedule: '0 3 * * 0',
    storage: { provider: 's3', bucket: 'orders-backups', secret: 'bucket' },
  },
};
const REMOTE = {
  datacenters: [
    { name: 'dc1', replicas: 3 },
    { name: 'dc2', replicas: 3, k8sContext: 'west' },
  ],
};
const ROTATING: Authorities = { signing: 1, trusted: [1, 2] };

const operated = {
  ...completePlatform,
  apis: [
    ...completePlatform.apis,
    ...servedApis(['medusa.k8ssandra.io/v1alpha1 MedusaBackupSchedule']),
  ],
};

/** The CAs, as they are read where a stage asks for them. */
let observed: Observed;
beforeAll(async () => {
  const names = [
    'orders-ca',
    'orders-ca-2',
    'orders-internode-ca',
    'orders-internode-ca-2',
  ];
  const authorities = await Promise.all(
    names.map(async name => [name, (await mintCa({ name })).certPem] as const),
  );
  observed = {
    gatewayAddresses: [],
    secretHashes: {},
    certificates: Object.fromEntries(authorities),
  };
});

function all(
  changes: Record<string, unknown> = {},
  authorities: Authorities = FIRST_AUTHORITIES,
): Manifest[] {
  const spec = { ...exampleSpec(changes), authorities };
  return k8ssandra
    .stages(spec, operated)
    .flatMap(stage => stage.manifests(observed));
}

const clusterOf = (manifests: readonly Manifest[]) =>
  manifests.find(({ kind }) => kind === 'K8ssandraCluster')!;

describe('the stages of a ring of K8ssandra', () => {
  const base = [
    'namespace',
    'credentials',
    'ca',
    'trust',
    'certificate',
    'policy',
    'database',
    'proof',
  ];

  it.each<[string, Record<string, unknown>, string[]]>([
    ['with CAs of its own', {}, base],
    ['with backups', BACKUP, [...base.slice(0, -1), 'backup', 'proof']],
    [
      'in plaintext',
      { tls: { client: { enabled: false }, internode: { enabled: false } } },
      ['namespace', 'credentials', 'policy', 'database', 'proof'],
    ],
    [
      'with a CA that is brought',
      {
        tls: {
          client: { issuer: { kind: 'bring-your-own', secret: 'company-ca' } },
        },
      },
      ['namespace', 'brought-ca', ...base.slice(1)],
    ],
  ])('are in their order %s', (_name, changes, names) => {
    expect(stagesOf(changes).map(({ name }) => name)).toEqual(names);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['as it is', {}, 10],
    [
      'with everything',
      { ...BACKUP, ...REMOTE, reaper: { enabled: true } },
      11,
    ],
  ])(
    'give the same bytes each time, and valid ones: %s',
    async (_name, changes, count) => {
      expect(JSON.stringify(all(changes))).toBe(JSON.stringify(all(changes)));
      // Those of the operators are proved by an API server that has their schemas.
      const others = all(changes).filter(
        ({ apiVersion }) => !apiVersion.includes('k8ssandra.io'),
      );
      expect(others).toHaveLength(count);
      for (const manifest of others) await validateManifest(manifest);
    },
  );

  it('hold no secret', () => {
    const text = JSON.stringify(all({ ...BACKUP, ...REMOTE }));
    expect(text).not.toMatch(/PRIVATE KEY|"password":/);
  });
});

describe('the K8ssandraCluster', () => {
  const cassandra = (changes: Record<string, unknown> = {}) =>
    manifestOf('K8ssandraCluster', changes).spec.cassandra;
  const password = { name: 'orders-keystore-password', key: 'password' };

  it("names cert-manager's stores under cert-manager's keys, each side its own", () => {
    expect(cassandra()).toMatchObject({
      superuserSecretRef: { name: 'orders-superuser' },
      clientEncryptionStores: {
        keystoreSecretRef: { name: 'orders-tls', key: 'keystore.jks' },
        keystorePasswordSecretRef: password,
        truststoreSecretRef: { name: 'orders-tls', key: 'truststore.jks' },
        truststorePasswordSecretRef: password,
      },
      serverEncryptionStores: {
        keystoreSecretRef: {
          name: 'orders-internode-tls',
          key: 'keystore.jks',
        },
        truststoreSecretRef: {
          name: 'orders-internode-tls',
          key: 'truststore.jks',
        },
      },
      config: {
        cassandraYaml: {
          client_encryption_options: {
            enabled: true,
            optional: false,
            require_client_auth: true,
          },
          server_encryption_options: {
            internode_encryption: 'all',
            require_client_auth: true,
          },
        },
      },
    });
  });

  it('leaves a side out that is in plaintext, and JMX with that of clients', () => {
    const found = cassandra({ tls: { client: { enabled: false } } });
    expect(found).not.toHaveProperty('clientEncryptionStores');
    expect(found).not.toHaveProperty('containers');
    expect(found.serverEncryptionStores).toBeDefined();
    expect(found.config.cassandraYaml.client_encryption_options).toEqual({
      enabled: false,
    });
  });

  it("mounts nodetool's options from a Secret, and every command names them", () => {
    expect(cassandra()).toMatchObject({
      extraVolumes: {
        volumes: [
          {
            name: 'nodetool',
            secret: {
              secretName: 'orders-keystore-password',
              items: [{ key: 'nodetool.options', path: 'nodetool.options' }],
            },
          },
        ],
      },
      containers: [
        {
          name: 'cassandra',
          volumeMounts: [
            { name: 'nodetool', mountPath: '/mnt/nodetool', readOnly: true },
          ],
        },
      ],
    });
    const secret = stageOf('credentials').secrets!.find(
      ({ name }) => name === 'orders-keystore-password',
    )!;
    expect(secret.data['nodetool.options']).toEqual({
      from: 'template',
      text: expect.stringContaining('keyStorePassword={{password}}'),
    });
    const { ringCommand, reloadCommand } = k8ssandra.observation(exampleSpec());
    const prefix = ['env', 'JVM_OPTS=@/mnt/nodetool/nodetool.options'];
    expect(ringCommand).toEqual([...prefix, 'nodetool', 'status']);
    expect(reloadCommand).toEqual([...prefix, 'nodetool', 'reloadssl']);
  });

  it('has the datacenters with their contexts and racks, whose volumes outlive them', () => {
    const { datacenters } = cassandra({
      datacenters: [
        {
          name: 'dc1',
          replicas: 3,
          racks: [{ name: 'a', zone: 'eu-1a' }, { name: 'b' }],
        },
        { name: 'dc2', replicas: 2, k8sContext: 'west' },
      ],
    });
    const annotations = { 'cassandra.datastax.com/no-finalizer': 'true' };
    expect(datacenters).toEqual([
      {
        metadata: { name: 'dc1', annotations },
        size: 3,
        racks: [
          {
            name: 'a',
            nodeAffinityLabels: { 'topology.kubernetes.io/zone': 'eu-1a' },
          },
          { name: 'b' },
        ],
      },
      {
        metadata: { name: 'dc2', annotations },
        size: 2,
        k8sContext: 'west',
      },
    ]);
  });

  it.each([
    ['SINGLE', {}, undefined],
    ['PER_DC', {}, undefined],
    [
      'CONTROL_PLANE',
      { controlPlane: { name: 'reaper', namespace: 'k8ssandra-operator' } },
      { name: 'reaper', namespace: 'k8ssandra-operator' },
    ],
  ])('asks for Reaper: %s', (deploymentMode, more, reaperRef) => {
    const { reaper } = manifestOf('K8ssandraCluster', {
      reaper: { enabled: true, deploymentMode, ...more },
    }).spec;
    expect(reaper.deploymentMode).toBe(deploymentMode);
    expect(reaper.reaperRef).toEqual(reaperRef);
    expect(reaper.autoScheduling.enabled).toBe(true);
  });

  it('gives Medusa PEM files of a certificate of its own, in the fields where the operator looks for them', () => {
    const name = 'orders-medusa-tls';
    const { medusa } = manifestOf('K8ssandraCluster', BACKUP).spec;
    expect(medusa).toMatchObject({
      clientEncryptionStores: {
        keystoreSecretRef: { name, key: 'ca.crt' },
        truststoreSecretRef: { name, key: 'tls.crt' },
        truststorePasswordSecretRef: { name, key: 'tls.key' },
      },
      storageProperties: {
        storageProvider: 's3',
        bucketName: 'orders-backups',
        storageSecretRef: { name: 'bucket' },
        secure: true,
        sslVerify: true,
      },
    });
    expect(medusa).not.toHaveProperty('certificatesSecretRef');
    const certificate = manifestOf('Certificate', BACKUP, name);
    expect(certificate.spec.usages).toContain('client auth');
    expect(certificate.spec.usages).not.toContain('server auth');
  });
});

describe('backups', () => {
  it('begin by a schedule where that kind is served', () => {
    const schedules = all(BACKUP).filter(
      ({ kind }) => kind === 'MedusaBackupSchedule',
    );
    expect(schedules).toMatchObject([
      {
        metadata: { name: 'orders-dc1-backup' },
        spec: {
          cronSchedule: '0 3 * * 0',
          backupSpec: {
            cassandraDatacenter: 'dc1',
            backupType: 'differential',
          },
        },
      },
    ]);
    const kinds = manifestsOf(BACKUP).map(({ kind }) => kind);
    expect(kinds).not.toContain('MedusaBackupSchedule');
  });

  it.each([
    ['is there', { credentials: new Secret('x') }, 'done'],
    ['lacks its key', { other: new Secret('x') }, 'waiting'],
  ])('wait for the Secret of the bucket: it %s', async (_n, data, state) => {
    const [wait] = stageOf('credentials', BACKUP).waits as ProbeWait[];
    const tools = { secret: async () => data } as unknown as DatabaseTools;
    const { signal } = new AbortController();
    expect((await wait.probe(tools, observed, signal)).state).toBe(state);
  });
});

describe('datacenters in other contexts', () => {
  it('get the Secrets of the stores by the operator, before the ring is made', () => {
    const label = { 'ringfence.dev/replicated': 'orders' };
    const replicated = manifestOf('ReplicatedSecret', REMOTE);
    expect(replicated.spec).toEqual({
      selector: { matchLabels: label },
      replicationTargets: [{ k8sContextName: 'west', namespace: 'orders' }],
    });
    for (const name of ['orders-tls', 'orders-internode-tls']) {
      const { secretTemplate } = manifestOf('Certificate', REMOTE, name).spec;
      expect(secretTemplate.labels).toMatchObject(label);
    }
    const portal = manifestOf('Certificate', REMOTE, 'orders-portal-tls');
    expect(portal.spec.secretTemplate.labels).not.toMatchObject(label);
    const password = stageOf('credentials', REMOTE).secrets!.find(
      ({ name }) => name === 'orders-keystore-password',
    );
    expect(password?.labels).toMatchObject(label);
  });

  it('are waited for', () => {
    const wait = stageOf('certificate', REMOTE).waits.find(
      one => one.kind === 'object' && one.ref.kind === 'ReplicatedSecret',
    ) as ObjectWait;
    const object = (status: object): KubernetesObject => ({
      apiVersion: 'replication.k8ssandra.io/v1alpha1',
      kind: 'ReplicatedSecret',
      metadata: { name: 'orders-stores' },
      status,
    });
    const condition = (status: string) =>
      object({
        conditions: [{ cluster: 'west', type: 'Replication', status }],
      });
    expect(wait.evaluate(undefined, 0).state).toBe('waiting');
    expect(wait.evaluate(object({}), 0).state).toBe('waiting');
    expect(wait.evaluate(condition('False'), 0).state).toBe('waiting');
    expect(wait.evaluate(condition('True'), 0).state).toBe('done');
    expect(wait.remedy).toContain('--context west create namespace orders');
  });

  it('need none of it where there are none', () => {
    expect(manifestsOf().map(({ kind }) => kind)).not.toContain(
      'ReplicatedSecret',
    );
    expect(JSON.stringify(all())).not.toContain('ringfence.dev/replicated');
  });
});

describe('the policy around the pods', () => {
  const storage = (changes: Record<string, unknown>) =>
    manifestOf('NetworkPolicy', changes).spec.ingress.find(
      ({ ports }: any) => ports[0].port === 7000,
    );

  it('lets nodes alone reach the ports of nodes, and their certificates alone where they come from elsewhere', () => {
    expect(storage({}).from).toEqual([
      {
        podSelector: {
          matchLabels: { 'cassandra.datastax.com/cluster': 'orders' },
        },
      },
    ]);
    expect(storage(REMOTE).from).toBeUndefined();
  });

  it('lets the operators and Reaper alone reach the management API', () => {
    const [rule] = manifestOf('NetworkPolicy', {
      reaper: { enabled: true },
    }).spec.ingress.filter(({ ports }: any) => ports[0].port === 8080);
    expect(rule.from).toEqual([
      {
        namespaceSelector: {
          matchLabels: { 'kubernetes.io/metadata.name': 'k8ssandra-operator' },
        },
      },
      {
        podSelector: {
          matchExpressions: [
            { key: 'k8ssandra.io/reaper', operator: 'Exists' },
          ],
        },
      },
    ]);
  });
});

describe('a CA that takes another’s place', () => {
  const trustOf = (manifests: readonly Manifest[], name: string) =>
    manifests.find(
      ({ kind, metadata }) => kind === 'Secret' && metadata.name === name,
    );

  it.each(['orders-trust', 'orders-internode-trust'])(
    'is trusted beside the former one in %s, which Java opens',
    async name => {
      const secret = trustOf(all({}, ROTATING), name)!;
      const bytes = (key: string) => Buffer.from(secret.data[key], 'base64');
      expect(bytes('password').toString()).toBe(STORE_PASSWORD);
      const store = await openStore(bytes('truststore.jks'), STORE_PASSWORD);
      const authorities = Object.entries(observed.certificates!)
        .filter(([ca]) => ca.includes('internode') === /internode/.test(name))
        .map(([, pem]) => new X509Certificate(pem).toString());
      expect(store).toEqual({
        certificatesPem: authorities.join(''),
        hasKey: false,
      });
    },
  );

  it('is named, with its own password, and restarts the nodes', () => {
    const { spec } = clusterOf(all({}, ROTATING));
    expect(spec.cassandra).toMatchObject({
      clientEncryptionStores: {
        keystoreSecretRef: { name: 'orders-tls', key: 'keystore.jks' },
        truststoreSecretRef: { name: 'orders-trust', key: 'truststore.jks' },
        truststorePasswordSecretRef: { name: 'orders-trust', key: 'password' },
      },
      metadata: {
        pods: {
          annotations: { 'ringfence.dev/stores': 'trusts 1, 2; shows 1' },
        },
      },
    });
  });

  it('leaves nothing of that once it is alone', () => {
    const manifests = all({}, { signing: 2, trusted: [2] });
    expect(trustOf(manifests, 'orders-trust')).toBeUndefined();
    expect(
      clusterOf(manifests).spec.cassandra.clientEncryptionStores
        .truststoreSecretRef,
    ).toEqual({ name: 'orders-tls', key: 'truststore.jks' });
    const [rotation] = k8ssandra.operations(exampleSpec());
    expect(
      rotation.obsolete!(1).map(({ kind, name }) => `${kind} ${name}`),
    ).toEqual(
      expect.arrayContaining([
        'Issuer orders-ca',
        'Secret orders-ca',
        'Secret orders-internode-ca',
        'Secret orders-trust',
      ]),
    );
  });

  it('is not put into a store before every CA is there', () => {
    const spec = { ...exampleSpec(), authorities: ROTATING };
    const trust = k8ssandra
      .stages(spec, operated)
      .find(({ name }) => name === 'trust')!;
    expect(trust.certificates).toHaveLength(4);
    expect(
      trust.manifests({
        ...observed,
        certificates: {
          'orders-ca': observed.certificates!['orders-ca'],
        },
      }),
    ).toEqual([]);
  });
});
