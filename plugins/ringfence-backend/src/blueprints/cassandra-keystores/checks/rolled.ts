import type {
  Check,
  CheckResult,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from '../../../checks/results';
import { STORES_ANNOTATION, authoritiesText } from '../datacenter';
import type { CassandraKeystoresSpec } from '../spec';

/** Whether every pod was started with the CAs that are trusted and shown now. */
export const ringRolled = (spec: CassandraKeystoresSpec): Check => ({
  id: 'ring.stores-changed',
  title: 'No node was started with stores of before',
  category: 'ring',
  reasons: {
    Current: 'Every pod was started since the CAs last changed.',
    Before:
      'A pod was started before the CAs last changed, and has not been restarted yet.',
    NoPods: 'There are no pods.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ pods }) {
    if (!pods.known) return notLooked('The pods', pods);
    return seenAt(judge(spec, pods.value), pods);
  },
});

function judge(
  spec: CassandraKeystoresSpec,
  pods: readonly KubernetesObject[],
): CheckResult {
  if (pods.length === 0) return unknown('NoPods', 'There are no pods');
  const wanted = authoritiesText(spec);
  const before = pods
    .filter(
      ({ metadata }) => metadata.annotations?.[STORES_ANNOTATION] !== wanted,
    )
    .map(({ metadata }) => metadata.name);
  if (before.length === 0) {
    return ok('Current', `Every pod was started with its CAs: ${wanted}`);
  }
  return warning(
    'Before',
    `${before.join(', ')} ${
      before.length === 1 ? 'was' : 'were'
    } started before the CAs last changed`,
    { pods: before, wanted },
    {
      text: 'Take the step of the rotation again: it goes on where it stopped. cass-operator restarts one node after the other.',
      command: `kubectl describe cassandradatacenter ${spec.name} -n ${spec.namespace}`,
    },
  );
}
