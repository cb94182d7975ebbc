import type {
  Check,
  CheckResult,
  Facts,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady, podAddresses } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { isUpNormal } from './ringNodes';
import { tellsNodes, topologyOf } from './topology';
import { list } from './words';

/** Whether Kubernetes and the ring mean the same nodes. */
export const ringAgreement: Check = {
  id: 'ring.agreement',
  title: 'Kubernetes and the database agree on the nodes',
  category: 'ring',
  reasons: {
    Agree: 'Every ready pod is a node that is up, and every node is a pod.',
    NotInRing:
      'A pod is ready, but the other nodes do not know it or count it as down.',
    NoPod: 'The database counts a node that no pod has the address of.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!tellsNodes(facts)) return [];
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    if (!facts.ring.known)
      return notLooked(
        `The ${topologyOf(facts)}'s own view of its nodes`,
        facts.ring,
      );
    return seenAt(judge(facts), facts.pods, facts.ring);
  },
};

function judge(facts: Facts): CheckResult {
  const pods = facts.pods.known ? facts.pods.value : [];
  const ring = facts.ring.known ? facts.ring.value : [];
  // A node of a cluster is known to the others before it has a part of the data.
  const isKnown =
    topologyOf(facts) === 'cluster'
      ? ({ state }: RingNode) => state.startsWith('U')
      : isUpNormal;
  const up = new Set(ring.filter(isKnown).map(({ address }) => address));
  const outside = pods
    .filter(
      pod =>
        isPodReady(pod) && !podAddresses(pod).some(address => up.has(address)),
    )
    .map(({ metadata }) => metadata.name);
  // A node that is away and whose pod has no address yet goes by its name.
  const known = new Set(
    pods.flatMap(pod => [pod.metadata.name, ...podAddresses(pod)]),
  );
  const ghosts = ring
    .map(({ address }) => address)
    .filter(address => !known.has(address));
  const evidence = { readyOutsideRing: outside, nodesWithoutPod: ghosts };
  if (outside.length > 0) return notInRing(facts, outside, evidence);
  if (ghosts.length > 0) {
    return warning(
      'NoPod',
      `The ${topologyOf(facts)} counts ${list(
        ghosts,
      )}, but no pod has that address`,
      evidence,
      {
        text: `If the node was replaced for good, ${
          topologyOf(facts) === 'ring'
            ? 'remove it from the ring: nodetool removenode with its host id'
            : 'take it out of the baseline: control.sh --baseline remove with its consistent ID'
        }.`,
      },
    );
  }
  return ok(
    'Agree',
    `Kubernetes and the ${topologyOf(facts)} count the same nodes`,
    {
      nodes: ring.map(({ address }) => address),
    },
  );
}

function notInRing(
  facts: Facts,
  outside: string[],
  evidence: CheckResult['evidence'],
) {
  return failing(
    'NotInRing',
    `${list(outside)} ${
      outside.length === 1 ? 'is' : 'are'
    } ready, but not up in the ${topologyOf(facts)}`,
    evidence,
    {
      text: "The readiness probe sees something that the other nodes do not: look at the node's log.",
      command: `kubectl logs ${outside[0]} -n ${facts.database.namespace} -c ${facts.observation.container}`,
    },
  );
}
