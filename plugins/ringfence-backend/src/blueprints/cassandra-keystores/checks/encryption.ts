import { isDeepStrictEqual } from 'node:util';
import {
  encryptionOptions,
  storeVolumes,
  type Check,
  type CheckResult,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from '../../../checks/results';
import type { CassandraKeystoresSpec } from '../spec';

/** In the init container that cass-operator has write Cassandra's files. */
const CONFIG_VARIABLE = 'CONFIG_FILE_DATA';

/**
 * Whether the nodes are started with the options and the stores of the spec:
 * the operator says nothing of a Secret that its pods wait for, nor of options
 * that were changed on the way.
 */
export const ringEncryption = (spec: CassandraKeystoresSpec): Check => ({
  id: 'ring.encryption',
  title: 'Nodes start with the stores and options of the spec',
  category: 'ring',
  reasons: {
    Agrees:
      'The StatefulSet starts nodes with the options and stores of the spec.',
    OptionsDiffer:
      'The StatefulSet starts nodes with other encryption options than the spec asks for.',
    StoresDiffer:
      'The StatefulSet mounts other stores, or other CAs to trust, than the spec asks for.',
    NoStatefulSet: 'cass-operator has made no StatefulSet yet.',
    NotReadable:
      'The StatefulSet does not say what its nodes are started with, in the way of cass-operator.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ statefulSet, database }) {
    if (!statefulSet.known) return notLooked('The StatefulSet', statefulSet);
    const result = statefulSet.value
      ? judge(spec, statefulSet.value)
      : unknown('NoStatefulSet', 'cass-operator has made no StatefulSet yet', {
          text: 'See whether cass-operator runs, and watches this namespace.',
          command: `kubectl describe cassandradatacenter ${spec.name} -n ${database.namespace}`,
        });
    return seenAt(result, statefulSet);
  },
});

function judge(
  spec: CassandraKeystoresSpec,
  statefulSet: KubernetesObject,
): CheckResult {
  const remedy = {
    text: 'Press "Repair drift"; where the CassandraDatacenter is right, see why cass-operator does not follow it.',
    command: `kubectl describe cassandradatacenter ${spec.name} -n ${spec.namespace}`,
  };
  const found = startedWith(statefulSet);
  if (!found) {
    return unknown(
      'NotReadable',
      `StatefulSet "${spec.namespace}/${statefulSet.metadata.name}" does not say what its nodes are started with`,
      remedy,
    );
  }
  const wanted = encryptionOptions(spec);
  const differing = Object.keys(wanted).filter(
    key => !isDeepStrictEqual(found[key], wanted[key]),
  );
  if (differing.length > 0) {
    return failing(
      'OptionsDiffer',
      `Nodes are started with other ${differing.join(
        ' and ',
      )} than the spec asks for`,
      { options: differing },
      remedy,
    );
  }
  const volumes: KubernetesObject[] =
    statefulSet.spec?.template?.spec?.volumes ?? [];
  const missing = storeVolumes(spec)
    .filter(({ name, ...source }) => !isMounted(volumes, name, source))
    .map(({ name }) => name);
  return missing.length > 0
    ? failing(
        'StoresDiffer',
        `Nodes do not have ${missing.join(', ')} as the spec asks`,
        { volumes: missing },
        remedy,
      )
    : ok('Agrees', 'Nodes start with the stores and options of the spec');
}

/** `cassandra.yaml` as the operator hands it to its nodes; whatever else is in there stays unread. */
function startedWith({
  spec,
}: KubernetesObject): Record<string, unknown> | undefined {
  const containers: ReadonlyArray<{
    env?: ReadonlyArray<{ name: string; value?: string }>;
  }> = spec?.template?.spec?.initContainers ?? [];
  const text = containers
    .flatMap(({ env = [] }) => env)
    .find(({ name }) => name === CONFIG_VARIABLE)?.value;
  try {
    return JSON.parse(text ?? '')['cassandra-yaml'];
  } catch {
    return undefined;
  }
}

function isMounted(
  volumes: readonly any[],
  name: string,
  source: Record<string, any>,
): boolean {
  const volume = volumes.find(one => one.name === name);
  const [kind] = Object.keys(source);
  const nameOf = (from: any) => from?.[kind]?.secretName ?? from?.[kind]?.name;
  return volume !== undefined && nameOf(volume) === nameOf(source);
}
