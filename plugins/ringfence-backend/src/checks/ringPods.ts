import {
  podsWanted,
  statefulSetsOf,
  type Check,
  type CheckResult,
  type Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from './objects';
import { podTrouble } from './podTrouble';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from './results';
import { count, list } from './words';

/** Whether Kubernetes runs as many ready pods as the spec asks for. */
export const ringPods: Check = {
  id: 'ring.pods',
  title: 'Every pod is ready',
  category: 'ring',
  reasons: {
    Ready: 'The StatefulSet has as many ready pods as the spec asks for.',
    DoesNotExist: 'There is no StatefulSet.',
    NotReady: 'A pod is missing or not ready.',
    WrongReplicas:
      'The StatefulSet asks for another number of pods than the spec.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!facts.statefulSet.known)
      return notLooked('The StatefulSet', facts.statefulSet);
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    return seenAt(judge(facts), facts.statefulSet, facts.pods);
  },
};

function judge(facts: Facts): CheckResult {
  const { statefulSet: name } = facts.observation;
  const [first] = statefulSetsOf(facts.observation);
  const replicas = podsWanted(facts.observation);
  const statefulSet = facts.statefulSet.known
    ? facts.statefulSet.value
    : undefined;
  const pods = facts.pods.known ? facts.pods.value : [];
  const again = 'Press "Repair drift": that puts it back.';
  if (!statefulSet) {
    return failing(
      'DoesNotExist',
      `StatefulSet "${name}" does not exist`,
      {},
      { text: again },
    );
  }
  const ready = pods.filter(isPodReady);
  const evidence = {
    wanted: replicas,
    ready: ready.length,
    pods: pods.map(p => p.metadata.name),
  };
  if (statefulSet.spec?.replicas !== first.replicas) {
    return failing(
      'WrongReplicas',
      `StatefulSet "${name}" asks for ${count(
        statefulSet.spec?.replicas ?? 0,
        'pod',
      )}, the spec for ${first.replicas}`,
      evidence,
      {
        text: 'Press "Repair drift": somebody else scaled it. If that is wanted, change the spec and provision again.',
      },
    );
  }
  if (ready.length < replicas) return notReady(facts, evidence);
  return ok('Ready', `${count(ready.length, 'pod')} ready`, evidence);
}

function notReady(
  facts: Facts,
  evidence: CheckResult['evidence'],
): CheckResult {
  const pods = facts.pods.known ? facts.pods.value : [];
  const notReadyPods = pods.filter(pod => !isPodReady(pod));
  const waiting = notReadyPods.map(({ metadata }) => metadata.name);
  const why = notReadyPods.map(pod => podTrouble(facts, pod)).find(Boolean);
  const { namespace } = facts.database;
  return failing(
    'NotReady',
    waiting.length > 0
      ? `${list(waiting)} ${waiting.length === 1 ? 'is' : 'are'} not ready${
          why ? `: ${why}` : ''
        }`
      : `${evidence.ready} of ${count(
          podsWanted(facts.observation),
          'pod',
        )} exist`,
    { ...evidence, waiting },
    {
      text: 'See what the pod waits for.',
      command: waiting[0]
        ? `kubectl describe pod ${waiting[0]} -n ${namespace}`
        : `kubectl describe statefulset ${facts.observation.statefulSet} -n ${namespace}`,
    },
  );
}
