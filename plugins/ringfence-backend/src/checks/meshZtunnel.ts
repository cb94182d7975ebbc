import type {
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from './results';
import { count, list } from './words';

/** Whether ztunnel is ready wherever the database's pods run. */
export const meshZtunnel: Check = {
  id: 'mesh.ztunnel',
  title: "ztunnel is ready on the pods' nodes",
  category: 'mesh',
  reasons: {
    Ready: 'Every node that runs a pod of the database has a ready ztunnel.',
    NotReady:
      'ztunnel is missing or not ready on a node: its pods are cut off.',
    NoPods: 'No pod of the database is placed on a node yet.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode !== 'ambient') return [];
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    if (!facts.ztunnelPods.known)
      return notLooked("ztunnel's pods", facts.ztunnelPods);
    return seenAt(judge(facts), facts.pods, facts.ztunnelPods);
  },
};

function judge(facts: Facts): CheckResult {
  const nodes = nodesOf(facts);
  if (nodes.length === 0) {
    return unknown('NoPods', 'No pod of the database is placed on a node yet');
  }
  const ready = new Set(
    (facts.ztunnelPods.known ? facts.ztunnelPods.value : [])
      .filter(isPodReady)
      .map(pod => pod.spec?.nodeName),
  );
  const without = nodes.filter(node => !ready.has(node));
  if (without.length === 0) {
    return ok('Ready', `ztunnel is ready on ${count(nodes.length, 'node')}`, {
      nodes,
    });
  }
  const [ztunnel] = facts.ztunnelPods.known ? facts.ztunnelPods.value : [];
  return failing(
    'NotReady',
    `ztunnel is not ready on ${list(without)}`,
    { nodes, without },
    {
      text: "Look at ztunnel's pods; the mesh's administrators own them.",
      command: `kubectl get pods -n ${
        ztunnel?.metadata.namespace ?? 'istio-system'
      } -l app=ztunnel -o wide`,
    },
  );
}

/** The nodes on which the database's pods run. */
function nodesOf(facts: Facts): string[] {
  const pods = facts.pods.known ? facts.pods.value : [];
  const names = pods.map(pod => pod.spec?.nodeName).filter(Boolean);
  return [...new Set<string>(names)].sort();
}
