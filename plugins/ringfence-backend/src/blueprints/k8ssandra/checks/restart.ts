import {
  encryptedSides,
  type Check,
  type CheckResult,
  type KubernetesObject,
  type NamedStoreFacts,
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
import { authoritiesText, STORES_ANNOTATION } from '../cluster';
import { localDatacenters } from '../names';
import type { K8ssandraSpec } from '../spec';

/** Whether a store was written, or CAs changed, after a pod started. */
export const ringRestart = (spec: K8ssandraSpec): Check => ({
  id: 'ring.restart-needed',
  title: 'No store was changed after the nodes started',
  category: 'ring',
  reasons: {
    Current: 'Every pod was started after its stores were last written.',
    CasChanged: 'A pod was started before the CAs last changed.',
    StoreWritten:
      'A store was written after a pod started. Cassandra reads it again by itself for clients and nodes; JMX, and so nodetool, goes on with the former one until the node restarts.',
    NoPods: 'There are no pods.',
    NotSaid:
      'Nothing says when the stores were written, or when the pods started.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ operator, pods }) {
    if (!operator || encryptedSides(spec).length === 0) return [];
    if (!pods.known) return notLooked('The pods', pods);
    const { stores } = operator;
    if (!stores.known) return notLooked('The stores', stores);
    return seenAt(judge(spec, pods.value, stores.value), pods, stores);
  },
});

function judge(
  spec: K8ssandraSpec,
  pods: readonly KubernetesObject[],
  stores: readonly NamedStoreFacts[],
): CheckResult {
  if (pods.length === 0) return unknown('NoPods', 'There are no pods');
  const wanted = authoritiesText(spec);
  const before = pods.filter(
    ({ metadata }) => metadata.annotations?.[STORES_ANNOTATION] !== wanted,
  );
  if (before.length > 0) {
    return warning(
      'CasChanged',
      `${names(before)} started before the CAs last changed`,
      { pods: before.map(({ metadata }) => metadata.name), wanted },
      {
        text: 'Take the step of the rotation again: it goes on where it stopped. The operators restart one node after the other.',
        command: `kubectl describe k8ssandracluster ${spec.name} -n ${spec.namespace}`,
      },
    );
  }
  const written = stores.flatMap(({ ref, writtenAt }) =>
    writtenAt && ref.is !== 'file' ? [{ what: ref.what, writtenAt }] : [],
  );
  const started = pods.flatMap(pod => {
    const at = pod.status?.startTime;
    return at ? [{ pod, at: new Date(at) }] : [];
  });
  if (written.length === 0 || started.length === 0) {
    return unknown('NotSaid', 'Nothing says which is older, stores or pods');
  }
  const last = written.reduce((a, b) => (b.writtenAt > a.writtenAt ? b : a));
  const older = started.filter(({ at }) => at < last.writtenAt);
  const undated = stores.find(isUndated);
  if (older.length === 0 && undated) {
    return unknown(
      'NotSaid',
      `Nothing says when the ${undated.ref.what} was written`,
    );
  }
  return older.length === 0
    ? ok('Current', 'Every pod started after its stores were last written')
    : warning(
        'StoreWritten',
        `The ${last.what} was written after ${names(
          older.map(({ pod }) => pod),
        )} started`,
        {
          writtenAt: last.writtenAt.toISOString(),
          pods: older.map(({ pod }) => pod.metadata.name),
        },
        restartRemedy(spec),
      );
}

/** One that is there, and may have been written at any time. */
function isUndated({ ref, state, writtenAt }: NamedStoreFacts): boolean {
  const isThere = state !== 'no secret' && state !== 'no key';
  return isThere && ref.is !== 'file' && writtenAt === undefined;
}

function names(pods: readonly KubernetesObject[]): string {
  return pods.map(({ metadata }) => metadata.name).join(', ');
}

/** The operator's own way: it restarts one node after the other, and waits for each. */
function restartRemedy(spec: K8ssandraSpec) {
  const { namespace } = spec;
  const tasks = localDatacenters(spec).map(
    ({ name }) =>
      `kubectl create -n ${namespace} -f - <<< '{"apiVersion":"control.k8ssandra.io/v1alpha1","kind":"CassandraTask","metadata":{"generateName":"restart-"},"spec":{"datacenter":{"name":"${name}","namespace":"${namespace}"},"jobs":[{"name":"restart","command":"restart"}]}}'`,
  );
  return {
    text: 'Have the operator restart the nodes one by one; nothing is lost meanwhile where data has 3 replicas.',
    command: tasks.join('; '),
  };
}
