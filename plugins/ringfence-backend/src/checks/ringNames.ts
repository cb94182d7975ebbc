import type {
  Check,
  CheckResult,
  Facts,
  NameLookup,
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
import { count, list } from './words';

/** Whether the nodes find each other by the name of their headless Service. */
export const ringNames: Check = {
  id: 'ring.names',
  title: "The nodes' name resolves",
  category: 'ring',
  reasons: {
    Resolves:
      'Inside a pod the name of the headless Service stands for every ready pod.',
    DoesNotResolve:
      'Inside a pod the name of the headless Service stands for nothing: a node that starts finds no other.',
    Incomplete: 'The name does not stand for a pod that is ready.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!facts.nameLookup.known) {
      return notLooked(
        'The name of the headless Service, inside a pod,',
        facts.nameLookup,
      );
    }
    return seenAt(judge(facts, facts.nameLookup.value), facts.nameLookup);
  },
};

function judge(facts: Facts, lookup: NameLookup): CheckResult {
  const { name, pod, addresses } = lookup;
  const { namespace } = facts.database;
  const evidence = { name, pod, addresses: [...addresses] };
  if (addresses.length === 0) {
    return failing(
      'DoesNotResolve',
      `"${name}" does not resolve in ${pod}`,
      evidence,
      {
        text: 'See whether the headless Service is there, selects the pods and has clusterIP: None, and whether DNS answers in the pod; press "Repair drift" to put its Service back.',
        command: `kubectl get service,endpointslices -n ${namespace}`,
      },
    );
  }
  const missing = readyPods(facts).filter(
    ready => !podAddresses(ready).some(address => addresses.includes(address)),
  );
  if (missing.length > 0) {
    const names = missing.map(({ metadata }) => metadata.name);
    return warning(
      'Incomplete',
      `"${name}" does not stand for ${list(names)}`,
      { ...evidence, missing: names },
      {
        text: "See whether the pod carries the labels of the Service's selector, if this lasts longer than a minute.",
        command: `kubectl get pods -n ${namespace} --show-labels`,
      },
    );
  }
  return ok(
    'Resolves',
    `"${name}" resolves to ${count(addresses.length, 'pod')}`,
    evidence,
  );
}

function readyPods(facts: Facts) {
  return facts.pods.known ? facts.pods.value.filter(isPodReady) : [];
}
