import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from '../../../checks/results';
import { list } from '../../../checks/words';
import { MARKS } from '../logMarks';
import { PORTS } from '../names';
import { logMarksOf, podsWith } from './marks';

/** Whether nodes that found each other also agree who has which part of the data. */
export const partitionExchange: Check = {
  id: 'ring.partition-exchange',
  title: 'Nodes exchange their partition maps',
  category: 'ring',
  reasons: {
    Exchanged: 'No node waits for the others to exchange partition maps.',
    Stalled:
      'Nodes have found each other, but wait for the exchange of partition maps: the cluster stands still. Mostly discovery gets through and communication does not, since its port has no name in the Service, or a policy leaves it out.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const marks = logMarksOf(facts);
    if (!marks.known) return notLooked("The nodes' logs", marks);
    const stalled = podsWith(facts, MARKS.exchangeStalled);
    if (stalled.length === 0) {
      return seenAt(
        ok('Exchanged', 'No node waits for a partition map exchange'),
        marks,
      );
    }
    const unreachable = podsWith(facts, MARKS.peerUnreachable);
    const { namespace } = facts.database;
    const result = failing(
      'Stalled',
      `${list(stalled)} ${
        stalled.length === 1 ? 'waits' : 'wait'
      } for a partition map exchange that does not end${
        unreachable.length > 0
          ? `: ${list(unreachable)} cannot reach another node on ${
              PORTS.communication
            }`
          : ''
      }`,
      { pods: stalled, cannotReach: unreachable },
      {
        text: `See that port ${PORTS.communication} is in the headless Service as tcp-communication and in the AuthorizationPolicy; where it is, a transaction that was never ended may hold the exchange up: restart the node that waits longest.`,
        command: `kubectl get service,authorizationpolicy -n ${namespace} -o yaml | grep -n -B2 -A2 ${PORTS.communication}`,
      },
    );
    return seenAt(result, marks);
  },
};
