import type { Remedy } from '@ringfence/backstage-plugin-ringfence-common';
import type { Check, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from '../../../checks/results';
import { count, list } from '../../../checks/words';

/** Of a name that is safe in a shell; nodes name themselves. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function remedy(
  namespace: string,
  { statefulSet, container }: Facts['observation'],
  outside: readonly string[],
): Remedy {
  const text =
    'Add it at a quiet time: data moves. The command asks for the password of the superuser, so that it is in no list of processes.';
  if (!outside.every(id => PLAIN.test(id))) {
    return {
      text: 'See first whose node this is: it has another name than the pods have.',
      command: `kubectl get pods -n ${namespace} -o wide`,
    };
  }
  const add = `$IGNITE_HOME/bin/control.sh --user ignite --baseline add ${outside.join(
    ',',
  )}`;
  return {
    text,
    command: `kubectl exec -it -n ${namespace} ${statefulSet}-0 -c ${container} -- sh -c '${add}'`,
  };
}

/** Whether every node of the topology has its part of the data. */
export const baseline: Check = {
  id: 'ring.baseline',
  title: 'Every node keeps a part of the data',
  category: 'ring',
  reasons: {
    Complete: 'Every node of the topology is in the baseline.',
    OutsideBaseline:
      'A node has joined a cluster that was active already, and keeps no data until it is added to the baseline. Ignite leaves that to people, since it moves data.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ ring, database, observation }) {
    if (!ring.known) return notLooked("The cluster's baseline", ring);
    const outside = ring.value
      .filter(({ state }) => state === 'UJ')
      .map(({ hostId, address }) => hostId ?? address);
    const result =
      outside.length === 0
        ? ok('Complete', `${count(ring.value.length, 'node')} in the baseline`)
        : failing(
            'OutsideBaseline',
            `${list(outside)} ${
              outside.length === 1 ? 'keeps' : 'keep'
            } no data: not in the baseline`,
            { nodes: outside },
            remedy(database.namespace, observation, outside),
          );
    return seenAt(result, ring);
  },
};
