import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import { k8ssandra } from '.';
import { completePlatform, servedApis } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';

const operated = {
  ...completePlatform,
  apis: [
    ...completePlatform.apis,
    ...servedApis([
      'k8ssandra.io/v1alpha1 K8ssandraCluster',
      'cassandra.datastax.com/v1beta1 CassandraDatacenter',
      'medusa.k8ssandra.io/v1alpha1 MedusaBackupSchedule',
      'replication.k8ssandra.io/v1alpha1 ReplicatedSecret',
    ]),
  ],
};

const without = (...kinds: string[]): Platform => ({
  ...operated,
  apis: operated.apis.filter(({ kind }) => !kinds.includes(kind)),
});

const unmet = (
  changes: Record<string, unknown> = {},
  platform: Platform = operated,
) =>
  k8ssandra
    .requirements(exampleSpec(changes), platform)
    .filter(({ met }) => !met);

const BACKUP = {
  medusa: {
    enabled: true,
    storage: { provider: 's3', bucket: 'orders-backups', secret: 'bucket' },
  },
};
const REMOTE = {
  datacenters: [
    { name: 'dc1', replicas: 3 },
    { name: 'dc2', replicas: 3, k8sContext: 'west' },
  ],
};

describe('the requirements of a ring of K8ssandra', () => {
  it('are met with the operators and cert-manager, without any mesh; passwords in clear are told beforehand', () => {
    expect(
      unmet({}, { ...operated, istio: undefined, gatewayClasses: [] }),
    ).toEqual([
      expect.objectContaining({ name: 'Passwords of stores', level: 'note' }),
    ]);
  });

  it.each<[string, Record<string, unknown>, string[], string]>([
    ['k8ssandra-operator', {}, ['K8ssandraCluster'], 'k8ssandra-operator'],
    ['cass-operator', {}, ['CassandraDatacenter'], 'cass-operator'],
    ['cert-manager', {}, ['Certificate'], 'cert-manager'],
    [
      'what brings stores to other contexts',
      REMOTE,
      ['ReplicatedSecret'],
      'ReplicatedSecret',
    ],
  ])(
    'refuse to go on without %s, and say what to do',
    (_n, spec, kinds, name) => {
      const refused = unmet(spec, without(...kinds)).filter(
        ({ level }) => level === 'required',
      );
      expect(refused).toEqual([
        expect.objectContaining({
          name,
          remedy: expect.objectContaining({ command: expect.any(String) }),
        }),
      ]);
    },
  );

  it('ask for ReplicatedSecrets only where there are other contexts', () => {
    const refused = unmet({}, without('ReplicatedSecret')).filter(
      ({ level }) => level === 'required',
    );
    expect(refused).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    [
      'other contexts, whose namespaces nobody makes',
      REMOTE,
      'Other contexts',
      'datacenters',
      'kubectl --context west create namespace orders',
    ],
    [
      'the Secret of the bucket',
      BACKUP,
      'Bucket',
      'medusa.storage.secret',
      'kubectl create secret generic bucket -n orders',
    ],
    [
      'the label that has it replicated',
      { ...BACKUP, ...REMOTE },
      'Bucket',
      'medusa.storage.secret',
      'kubectl label secret bucket -n orders ringfence.dev/replicated=orders',
    ],
  ])('speak of %s', (_name, changes, name, field, command) => {
    expect(unmet(changes)).toContainEqual(
      expect.objectContaining({
        name,
        level: 'note',
        field,
        remedy: expect.objectContaining({
          command: expect.stringContaining(command),
        }),
      }),
    );
  });

  it('say that backups do not begin by themselves where their schedules are not served', () => {
    const names = (platform: Platform) =>
      unmet(BACKUP, platform).map(({ name }) => name);
    expect(names(without('MedusaBackupSchedule'))).toContain(
      'Backup schedules',
    );
    expect(names(operated)).not.toContain('Backup schedules');
  });

  it('speak of a datacenter that survives the loss of no node, in production', () => {
    const small = { datacenters: [{ name: 'dc1', replicas: 2 }] };
    const names = (profile: string) =>
      unmet({ ...small, profile }).map(({ name }) => name);
    expect(names('production')).toContain('Quorum');
    expect(names('dev')).not.toContain('Quorum');
  });

  it('refuse one issuer for clients and nodes', () => {
    const issuer = { kind: 'ClusterIssuer', name: 'company-ca' };
    expect(
      unmet({ tls: { client: { issuer }, internode: { issuer } } }),
    ).toContainEqual(
      expect.objectContaining({ name: 'Separate CAs', level: 'required' }),
    );
  });
});
