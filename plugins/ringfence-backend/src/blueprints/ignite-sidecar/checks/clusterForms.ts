import type {
  Check,
  CheckResult,
  Facts,
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
import { readyOutside } from '../../../checks/topology';
import { count, list } from '../../../checks/words';
import { MARKS } from '../logMarks';
import { PORTS } from '../names';
import { logMarksOf, podsWith } from './marks';

/** Whether nodes find each other in a mesh that takes nothing but mutual TLS. */
export const clusterForms: Check = {
  id: 'mesh.cluster-forms',
  title: 'Nodes form a cluster under mTLS',
  category: 'mesh',
  reasons: {
    Formed: 'Every node that runs is in one topology.',
    NoClusterAfterStrict:
      'Nodes run but do not come together, and plaintext between them is refused: discovery goes past the mesh, mostly since a port has no name in the headless Service or a pod has no sidecar.',
    NoCluster: 'Nodes run but do not come together.',
    Changing:
      'A pod is ready whose node is not in the topology and did not answer: it has just stopped or just started.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const failed = podsWith(facts, MARKS.joinFails);
    const outside = podsOutside(facts);
    const apart = failed.length > 0 ? failed : confirmed(facts, outside);
    if (apart.length > 0) return notFormed(facts, apart);
    if (!facts.ring.known) {
      return notLooked("The cluster's own view of its nodes", facts.ring);
    }
    // Which nodes run, only their pods tell.
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    return outside.length > 0
      ? changing(facts, outside)
      : formed(facts, facts.ring);
  },
};

function formed(
  facts: Facts,
  ring: Extract<Facts['ring'], { known: true }>,
): CheckResult {
  const marks = logMarksOf(facts);
  const nodes = ring.value.filter(({ state }) => state.startsWith('U')).length;
  const result = ok('Formed', `${count(nodes, 'node')} in one topology`, {
    nodes,
  });
  return marks.known ? seenAt(result, ring, marks) : seenAt(result, ring);
}

function podsOutside({ ring, pods }: Facts): string[] {
  return ring.known && pods.known ? readyOutside(ring.value, pods.value) : [];
}

/** A pod whose node has just stopped is ready for some seconds more: one that stands alone answers. */
function confirmed({ apart }: Facts, outside: string[]): string[] {
  return apart?.known ? outside.filter(pod => apart.value.includes(pod)) : [];
}

function changing(facts: Facts, outside: string[]): CheckResult {
  const result = unknown(
    'Changing',
    `${list(outside)} ${
      outside.length === 1 ? 'is' : 'are'
    } ready, but not in the topology, and did not answer`,
    {
      text: 'Look again in half a minute; where it stays so, see what the node says.',
      command: `kubectl logs -n ${facts.database.namespace} ${outside[0]} -c ${facts.observation.container} | grep -i "topology snapshot"`,
    },
    { pods: outside },
  );
  return seenAt(result, facts.pods, facts.ring);
}

function notFormed(facts: Facts, apart: string[]): CheckResult {
  const { namespace } = facts.database;
  const evidence = { pods: apart, strict: isStrict(facts) };
  const which = `${list(apart)} ${
    apart.length === 1 ? 'finds' : 'find'
  } no other node`;
  const result = evidence.strict
    ? failing(
        'NoClusterAfterStrict',
        `${which}, and plaintext is refused (STRICT)`,
        evidence,
        {
          text: `See that each pod has its sidecar, that the headless Service names ports ${PORTS.discovery} (tcp-discovery) and ${PORTS.communication} (tcp-communication) and publishes pods that are not ready, and that the AuthorizationPolicy lets in the nodes' own ServiceAccount; provisioning again with the same spec puts these back. Do not switch STRICT off: nodes would speak plaintext.`,
          command: `kubectl get pods,service,peerauthentication,authorizationpolicy -n ${namespace} -o wide`,
        },
      )
    : failing('NoCluster', which, evidence, {
        text: 'See whether the names of the pods resolve in each of them, and what the nodes say of each other.',
        command: `kubectl logs -n ${namespace} ${apart[0]} -c ${facts.observation.container} | grep -i discovery`,
      });
  return seenAt(result, facts.pods, logMarksOf(facts));
}

function isStrict({ peerAuthentications }: Facts): boolean {
  return (
    peerAuthentications.known &&
    peerAuthentications.value.some(({ spec }) => spec?.mtls?.mode === 'STRICT')
  );
}
