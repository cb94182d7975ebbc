import { isDeepStrictEqual } from 'node:util';
import type {
  Check,
  CheckResult,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from '../../../checks/results';
import { encryptionOptions } from '../cluster';
import { clusterOf, datacentersOf } from '../operatorRecipe';
import type { K8ssandraSpec } from '../spec';
import { encryptionStores } from '../stores';

/** Whether the options that nodes get agree with the stores that they get, and both with the spec. */
export const ringEncryptionOptions = (spec: K8ssandraSpec): Check => ({
  id: 'ring.encryption-options',
  title: 'Options of encryption agree with the stores and the spec',
  category: 'ring',
  reasons: {
    Agree:
      'The K8ssandraCluster and its datacenters have the options and stores of the spec.',
    OptionsDiffer:
      'The K8ssandraCluster has other options of encryption than the spec asks for.',
    StoresWithoutOptions:
      'Stores are named for a side whose encryption is off: nothing uses them, and connections are plaintext.',
    OptionsWithoutStores:
      'Encryption is on for a side of which no stores are named: the operator makes no datacenter of it, or one in plaintext.',
    StoresDiffer: 'Other stores are named than the spec asks for.',
    NotPassedOn:
      'A CassandraDatacenter has other options than the K8ssandraCluster: the operator has not passed them on.',
    NoCluster: 'There is no K8ssandraCluster.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ operator }) {
    if (!operator) return [];
    const { objects } = operator;
    if (!objects.known) return notLooked('The K8ssandraCluster', objects);
    return seenAt(judge(spec, objects.value), objects);
  },
});

const SIDES = [
  ['client', 'client_encryption_options', 'clientEncryptionStores'],
  ['internode', 'server_encryption_options', 'serverEncryptionStores'],
] as const;

function judge(
  spec: K8ssandraSpec,
  objects: readonly KubernetesObject[],
): CheckResult {
  const remedy = {
    text: 'Press "Repair drift": that puts back what the spec asks for.',
    command: `kubectl get k8ssandracluster ${spec.name} -n ${spec.namespace} -o jsonpath='{.spec.cassandra.config.cassandraYaml}'`,
  };
  const fail = (reason: string, summary: string, evidence = {}) =>
    failing(reason, summary, evidence, remedy);
  const cluster = clusterOf(objects);
  if (!cluster) {
    return fail('NoCluster', `K8ssandraCluster "${spec.name}" does not exist`);
  }
  const cassandra = cluster.spec?.cassandra ?? {};
  const yaml = cassandra.config?.cassandraYaml ?? {};
  const wanted = encryptionOptions(spec);
  for (const [side, options, stores] of SIDES) {
    const problem = sideProblem(
      spec,
      side,
      yaml[options] ?? {},
      cassandra[stores],
    );
    if (problem) return fail(...problem, { side });
    if (!agrees(yaml[options], wanted[options])) {
      return fail(
        'OptionsDiffer',
        `The K8ssandraCluster has other ${options} than the spec asks for`,
        { options },
      );
    }
    const behind = datacentersOf(objects).find(
      ({ spec: { config = {} } = {} as any }) =>
        !agrees(config['cassandra-yaml']?.[options], wanted[options]),
    );
    if (behind) {
      return fail(
        'NotPassedOn',
        `CassandraDatacenter "${behind.metadata.name}" has other ${options} than the K8ssandraCluster`,
        { options, datacenter: behind.metadata.name },
      );
    }
  }
  return ok('Agree', 'Options of encryption and stores are those of the spec');
}

/** More may be said than is asked for, such as where the operator has the stores. */
function agrees(
  found: Record<string, unknown> | undefined,
  wanted: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    isDeepStrictEqual(found?.[name], value),
  );
}

function sideProblem(
  spec: K8ssandraSpec,
  side: 'client' | 'internode',
  options: Record<string, unknown>,
  stores: unknown,
): [reason: string, summary: string] | undefined {
  const { internode_encryption: internode = 'none' } = options;
  const isOn =
    side === 'client' ? options.enabled === true : internode !== 'none';
  const whose = side === 'client' ? 'clients' : 'nodes';
  if (stores && !isOn) {
    return [
      'StoresWithoutOptions',
      `Stores are named for ${whose}, but their encryption is off`,
    ];
  }
  if (isOn && !stores) {
    return [
      'OptionsWithoutStores',
      `Encryption is on for ${whose}, but no stores are named`,
    ];
  }
  const isAsked = spec.tls[side].enabled;
  return isAsked && !isDeepStrictEqual(stores, encryptionStores(spec, side))
    ? ['StoresDiffer', `Other stores are named for ${whose} than the spec asks`]
    : undefined;
}
