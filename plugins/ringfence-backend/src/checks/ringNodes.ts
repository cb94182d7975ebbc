import type {
  Check,
  CheckResult,
  Facts,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { tellsNodes, topologyOf } from './topology';
import { count, list } from './words';

const STATES: Readonly<Record<string, string>> = {
  N: 'normal',
  L: 'leaving',
  J: 'joining',
  M: 'moving',
};

/** Whether a node is up and takes its full part. */
export function isUpNormal(node: RingNode): boolean {
  return node.state === 'UN';
}

/** "UN: up, normal" for `UN`; of a cluster whether the node is in its topology. */
export function nodeStateText(
  state: string,
  topology: 'ring' | 'cluster' = 'ring',
): string {
  if (topology === 'cluster') {
    return state.startsWith('U')
      ? 'in the topology'
      : 'in the baseline, but not in the topology';
  }
  const up = state.startsWith('U') ? 'up' : 'down';
  return `${state}: ${up}, ${STATES[state[1]] ?? 'in a state not known'}`;
}

/** Whether every node that the spec asks for is up and normal. */
export const ringNodes: Check = {
  id: 'ring.nodes',
  title: 'Every node is up and normal',
  category: 'ring',
  reasons: {
    UpNormal:
      'As many nodes as the spec asks for, each UN; of a cluster, each in its topology.',
    NodeDown:
      'The database counts a node as down, or cannot say that it is up.',
    TooFewNodes: 'The database has fewer nodes than the spec asks for.',
    TooManyNodes:
      'The database has more nodes than the spec asks for, such as one that was never removed.',
    NodeMoving: 'A node is joining, leaving or moving.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!tellsNodes(facts)) return [];
    if (!facts.ring.known)
      return notLooked(
        `The ${topologyOf(facts)}'s own view of its nodes`,
        facts.ring,
      );
    return seenAt(judge(facts, facts.ring.value), facts.ring);
  },
};

function judge(facts: Facts, ring: readonly RingNode[]): CheckResult {
  const { replicas } = facts.observation;
  const evidence = {
    nodes: ring.map(({ address, state }) => `${address} ${state}`),
    wanted: replicas,
  };
  // Gossip that says nothing of a node ("?N") is no word that it is up.
  const down = addressesOf(ring, ({ state }) => !state.startsWith('U'));
  // A node of a cluster does not move: one outside of the baseline waits for people.
  const moving =
    topologyOf(facts) === 'cluster'
      ? []
      : addressesOf(
          ring,
          node => node.state.startsWith('U') && !isUpNormal(node),
        );
  if (down.length > 0) return nodesDown(facts, down, evidence);
  if (ring.length < replicas) return tooFew(facts, ring, evidence);
  if (moving.length > 0) {
    return warning(
      'NodeMoving',
      `${list(moving)} ${
        moving.length === 1 ? 'is' : 'are'
      } joining, leaving or moving`,
      evidence,
      {
        text: 'Wait for it to end; do not start another change meanwhile.',
        ...ringCommand(facts),
      },
    );
  }
  if (ring.length > replicas) {
    return warning(
      'TooManyNodes',
      `The ${topologyOf(facts)} has ${count(
        ring.length,
        'node',
      )}, the spec asks for ${replicas}`,
      evidence,
      {
        text:
          topologyOf(facts) === 'ring'
            ? 'Find the node that has no pod any more and remove it from the ring (nodetool removenode).'
            : 'Find the node that is none of the pods: somebody else may have joined.',
        ...ringCommand(facts),
      },
    );
  }
  return ok(
    'UpNormal',
    topologyOf(facts) === 'ring'
      ? `${count(ring.length, 'node')} up and normal (UN)`
      : `${count(ring.length, 'node')} in the topology`,
    evidence,
  );
}

function nodesDown(
  facts: Facts,
  down: string[],
  evidence: CheckResult['evidence'],
) {
  return failing(
    'NodeDown',
    `The ${topologyOf(facts)} counts ${list(down)} as down`,
    { ...evidence, down },
    {
      text: 'See why the pod does not run, or why the other nodes cannot reach it.',
      command: `kubectl get pods -n ${facts.database.namespace} -o wide`,
    },
  );
}

function tooFew(
  facts: Facts,
  ring: readonly RingNode[],
  evidence: CheckResult['evidence'],
) {
  return failing(
    'TooFewNodes',
    `The ${topologyOf(facts)} has ${count(
      ring.length,
      'node',
    )}, the spec asks for ${facts.observation.replicas}`,
    evidence,
    {
      text: 'See which pod has not started or has not joined.',
      command: `kubectl get pods -n ${facts.database.namespace} -o wide`,
    },
  );
}

function addressesOf(
  ring: readonly RingNode[],
  test: (node: RingNode) => boolean,
): string[] {
  return ring.filter(test).map(({ address }) => address);
}

/** Shows the ring; nothing where no command does. */
function ringCommand({
  database,
  observation: { ringCommand: words, statefulSet, container },
}: Facts): { command?: string } {
  if (!words) return {};
  return {
    command: `kubectl exec -n ${
      database.namespace
    } ${statefulSet}-0 -c ${container} -- ${words.join(' ')}`,
  };
}
