import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from '../../../checks/results';
import { sidecarOf } from '../../../checks/sidecars';
import { count, list } from '../../../checks/words';

/** Whether pods have the second container that kubectl counts. */
export const oneOfOne: Check = {
  id: 'mesh.one-of-one',
  title: 'No pod is at 1/1',
  category: 'mesh',
  reasons: {
    TwoOfTwo: 'Each pod has its sidecar beside the node.',
    PodsAtOneOfOne:
      'A pod shows 1/1 where 2/2 is right: it was made before its namespace asked for sidecars, or istiod could not be asked, and so it has none. It speaks plaintext, which the others refuse.',
    NoPods: 'There are no pods to look at.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ pods, database, observation }) {
    if (!pods.known) return notLooked("The database's pods", pods);
    if (pods.value.length === 0) {
      return unknown('NoPods', 'The database has no pods to look at');
    }
    const without = pods.value
      .filter(pod => !sidecarOf(pod))
      .map(({ metadata }) => metadata.name);
    const result =
      without.length === 0
        ? ok(
            'TwoOfTwo',
            `${count(pods.value.length, 'pod')} with a sidecar each`,
          )
        : failing(
            'PodsAtOneOfOne',
            `${list(without)} ${
              without.length === 1 ? 'is' : 'are'
            } at 1/1: without a sidecar`,
            { pods: without },
            {
              text: 'See that the namespace asks for sidecars and that istiod runs, then have the pods made anew.',
              command: `kubectl rollout restart statefulset/${observation.statefulSet} -n ${database.namespace}`,
            },
          );
    return seenAt(result, pods);
  },
};
