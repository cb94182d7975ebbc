import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readDatacenter } from '../cassOperator/datacenter';
import { serviceManifests } from '../cassOperator/services';
import { statefulSetManifest } from '../cassOperator/statefulSet';
import broken from './__fixtures__/broken.json';
import updating from './__fixtures__/orders-updating.json';
import {
  contactPointsManifest,
  loginSecretManifest,
  loginSecrets,
} from './children';
import { datacenterManifest } from './datacenter';
import { readRing } from './ring';
import { readEncryption, readPasswords } from './stores';

/** What the recording has in place of a password. */
const PASSWORD = '<the password, in clear>';

/** What an API server fills in, and what no other run would have the same. */
const FILLED_IN = new Set([
  'clusterIPs',
  'creationTimestamp',
  'defaultMode',
  'dnsPolicy',
  'failureThreshold',
  'generation',
  'imagePullPolicy',
  'internalTrafficPolicy',
  'ipFamilies',
  'ipFamilyPolicy',
  'persistentVolumeClaimRetentionPolicy',
  'protocol',
  'restartPolicy',
  'revisionHistoryLimit',
  'schedulerName',
  'scheme',
  'sessionAffinity',
  'status',
  'successThreshold',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'uid',
  'volumeMode',
  'blockOwnerDeletion',
]);
const HASH = /resource-hash$/;

/** The same without all of that. */
function essence(value: any): any {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<any>(value)
    .filter(
      ([key, it]) => !FILLED_IN.has(key) && !HASH.test(key) && it !== null,
    )
    .map(([key, it]) => [key, textual(key, essence(it))] as const)
    .filter(([key, it]) => key !== 'annotations' || Object.keys(it).length > 0)
    // Of references to fields and of claims' templates the version is filled in as well.
    .filter(([key]) => key !== 'apiVersion' || !('fieldPath' in value))
    .filter(
      ([key]) =>
        !['apiVersion', 'kind'].includes(key) ||
        value.kind !== 'PersistentVolumeClaim',
    )
    .filter(([key, it]) => key !== 'periodSeconds' || it !== 10);
  return Object.fromEntries(entries);
}

/** JSON in a string is compared as what it says. */
function textual(key: string, value: any): any {
  return key === 'value' && /^\{/.test(value) ? JSON.parse(value) : value;
}

const objects = [...updating.items, ...broken.items] as any[];

function recorded(kind: string, name: string): KubernetesObject {
  const found = objects.find(
    it => it.kind === kind && it.metadata.name === name,
  );
  if (!found) throw new Error(`${kind} "${name}" was not recorded`);
  return found;
}

/** A Kubernetes cluster with these Secrets. */
const secrets = (...names: readonly string[]) => ({
  get: async ({ name }: { name: string }) =>
    names.includes(name)
      ? ({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name },
          data: { password: Buffer.from(PASSWORD).toString('base64') },
        } as KubernetesObject)
      : undefined,
});

async function make(cluster: string, copies: Record<string, number>) {
  const ring = readRing(recorded('K8ssandraCluster', cluster));
  const [datacenter] = ring.datacenters;
  const encryption = readEncryption(datacenter.options);
  const passwords = await readPasswords(
    secrets('store-password'),
    ring.namespace,
    encryption,
  );
  return datacenterManifest(ring, datacenter, {
    encryption,
    passwords,
    systemReplication: copies,
  });
}

/** What is made of a recorded CassandraDatacenter. */
const made = () => {
  const datacenter = readDatacenter(recorded('CassandraDatacenter', 'dc1'));
  return {
    services: serviceManifests(datacenter),
    statefulSet: statefulSetManifest(datacenter, undefined),
  };
};

describe('of a K8ssandraCluster', () => {
  it.each([
    ['that is well', 'orders', 'dc1', { dc1: 3 }],
    [
      'that names a store Secret which is not there',
      'nostore',
      'dc7',
      { dc7: 3 },
    ],
    // Its datacenter had another name at first.
    ['that names a key which is not there', 'broken', 'dc9', { dc1: 3 }],
  ])(
    '%s comes the CassandraDatacenter that the real operator made',
    async (_name, cluster, datacenter, copies) => {
      const { finalizers, ...metadata } = recorded(
        'CassandraDatacenter',
        datacenter,
      ).metadata;
      expect(essence(await make(cluster, copies))).toEqual(
        essence({
          ...recorded('CassandraDatacenter', datacenter),
          metadata,
        }),
      );
    },
  );

  it('that names a password Secret which is not there comes nothing but its error', async () => {
    const cluster = recorded('K8ssandraCluster', 'nopass');
    await expect(make('nopass', { dc8: 3 })).rejects.toThrow(
      new Error(cluster.status.error),
    );
  });

  it('come the Secrets of superuser and Reaper, each with the name of its Secret for a user', () => {
    const ring = readRing(recorded('K8ssandraCluster', 'orders'));
    expect(loginSecrets(ring)).toEqual([
      'orders-superuser',
      'orders-reaper',
      'orders-reaper-ui',
    ]);
    for (const name of loginSecrets(ring)) {
      const { data, ...manifest } = loginSecretManifest(ring, name);
      const { data: keys, ...known } = recorded('Secret', name) as Manifest;
      expect(essence(manifest)).toEqual(essence(known));
      expect(Object.keys(data).sort()).toEqual(Object.keys(keys).sort());
    }
  });

  it('comes no Secret of a superuser where one is named', () => {
    const object = recorded('K8ssandraCluster', 'broken');
    const superuserSecretRef = { name: 'broken-superuser' };
    const cassandra = { ...object.spec.cassandra, superuserSecretRef };
    const spec = { ...object.spec, cassandra };
    expect(loginSecrets(readRing({ ...object, spec }))).toEqual([]);
  });

  it('comes the Service of contact points', () => {
    const ring = readRing(recorded('K8ssandraCluster', 'orders'));
    const manifest = contactPointsManifest(ring, 'dc1');
    expect(essence(manifest)).toEqual(
      essence(recorded('Service', manifest.metadata.name)),
    );
  });
});

describe('of its CassandraDatacenter', () => {
  it('come the Services that cass-operator made', () => {
    const { services } = made();
    expect(services.map(({ metadata }) => metadata.name).sort()).toEqual([
      'orders-dc1-additional-seed-service',
      'orders-dc1-all-pods-service',
      'orders-dc1-service',
      'orders-seed-service',
    ]);
    for (const service of services) {
      expect(essence(service)).toEqual(
        essence(recorded('Service', service.metadata.name)),
      );
    }
  });

  it('comes the StatefulSet that cass-operator made: containers, mounts, variables and options', () => {
    const { statefulSet } = made();
    expect(essence(statefulSet)).toEqual(
      essence(recorded('StatefulSet', statefulSet.metadata.name)),
    );
  });
});

describe('what is told of a datacenter', () => {
  it('goes before what is told of all', () => {
    const object = recorded('K8ssandraCluster', 'orders');
    const { cassandra } = object.spec;
    const [first] = cassandra.datacenters;
    const config = { cassandraYaml: { num_tokens: 8 } };
    const datacenters = [{ ...first, config }, first];
    const ring = readRing({
      ...object,
      spec: { ...object.spec, cassandra: { ...cassandra, datacenters } },
    });
    const [own, common] = ring.datacenters.map(
      ({ options }) => options.config.cassandraYaml,
    );
    expect(own).toEqual({ ...common, num_tokens: 8 });
    expect(common).toEqual(cassandra.config.cassandraYaml);
  });

  it('encrypts each side by itself', () => {
    const { cassandra } = recorded('K8ssandraCluster', 'orders').spec;
    const { client_encryption_options, server_encryption_options } =
      cassandra.config.cassandraYaml;
    const sides = (cassandraYaml: object) =>
      Object.keys(readEncryption({ ...cassandra, config: { cassandraYaml } }));
    expect(sides({ client_encryption_options })).toEqual(['client']);
    expect(sides({ server_encryption_options })).toEqual(['server']);
    expect(
      sides({ server_encryption_options: { internode_encryption: 'none' } }),
    ).toEqual([]);
  });
});
