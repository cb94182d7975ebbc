import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from '../../../checks/results';
import { count, list } from '../../../checks/words';

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
            {
              text: 'Add it at a quiet time: data moves. The command asks for the password of the superuser, so that it is in no list of processes.',
              command: `kubectl exec -it -n ${database.namespace} ${
                observation.statefulSet
              }-0 -c ${
                observation.container
              } -- sh -c '$IGNITE_HOME/bin/control.sh --user ignite --baseline add ${outside.join(
                ',',
              )}'`,
            },
          );
    return seenAt(result, ring);
  },
};
