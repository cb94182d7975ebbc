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
} from '../../../checks/results';
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
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const marks = logMarksOf(facts);
    const failed = podsWith(facts, MARKS.joinFails);
    const apart = failed.length > 0 ? failed : podsApart(facts);
    if (apart.length > 0) return notFormed(facts, apart);
    if (!facts.ring.known) {
      return notLooked("The cluster's own view of its nodes", facts.ring);
    }
    const nodes = facts.ring.value.length;
    const summary = `${count(nodes, 'node')} in one topology`;
    const result = ok('Formed', summary, { nodes });
    return marks.known
      ? seenAt(result, facts.ring, marks)
      : seenAt(result, facts.ring);
  },
};

/** Pods that are ready, and so are part of some topology, yet not of the one that was asked. */
function podsApart({ ring, pods }: Facts): string[] {
  if (!ring.known || !pods.known) return [];
  const members = ring.value
    .filter(({ state }) => state.startsWith('U'))
    .flatMap(({ hostId, address }) => [hostId, address]);
  return pods.value
    .filter(({ status }) =>
      (status?.conditions ?? []).some(
        ({ type, status: holds }: { type: string; status: string }) =>
          type === 'Ready' && holds === 'True',
      ),
    )
    .filter(
      ({ metadata, status }) =>
        !members.includes(metadata.name) && !members.includes(status?.podIP),
    )
    .map(({ metadata }) => metadata.name);
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
