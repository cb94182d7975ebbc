import type {
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { portsOf } from './authorizationRules';
import { failing, notLooked, ok, seenAt, unknown } from './results';
import { asksForSidecar, portsPastSidecar, sidecarOf } from './sidecars';
import { count, list } from './words';

/** Whether namespace and pods are in a mesh of sidecars. */
export function sidecarMembership(facts: Facts): CheckResult | CheckResult[] {
  const problems = [namespaceProblem(facts), podsProblem(facts)].filter(
    result => result !== undefined,
  );
  if (problems.length > 0) return problems;
  const pods = facts.pods.known
    ? facts.pods.value.map(({ metadata }) => metadata.name)
    : [];
  const result = ok(
    'Captured',
    `Namespace and ${count(pods.length, 'pod')} are in the mesh, with sidecars`,
    { pods },
  );
  return seenAt(result, facts.namespace, facts.pods);
}

function namespaceProblem(facts: Facts): CheckResult | undefined {
  const { namespace } = facts.database;
  if (!facts.namespace.known) {
    return notLooked(`Namespace "${namespace}"`, facts.namespace);
  }
  if (newPodsAreInjected(facts)) return undefined;
  const labels = facts.namespace.value?.metadata.labels ?? {};
  const result = failing(
    'NamespaceNotInMesh',
    `Namespace "${namespace}" does not ask for sidecars`,
    {
      'istio-injection': labels['istio-injection'] ?? 'not set',
      'istio.io/rev': labels['istio.io/rev'] ?? 'not set',
    },
    {
      text: 'Put the label back (istio.io/rev=<revision> where Istio was installed with one), then restart the pods that have no sidecar.',
      command: `kubectl label namespace ${namespace} istio-injection=enabled --overwrite`,
    },
  );
  return seenAt(result, facts.namespace);
}

function newPodsAreInjected(facts: Facts): boolean {
  const template = facts.statefulSet.known
    ? facts.statefulSet.value?.spec?.template?.metadata?.labels
    : undefined;
  const namespace = facts.namespace.known
    ? facts.namespace.value?.metadata.labels
    : undefined;
  return asksForSidecar(template) ?? asksForSidecar(namespace) ?? false;
}

function podsProblem(facts: Facts): CheckResult | undefined {
  if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
  const pods = facts.pods.value;
  if (pods.length === 0) {
    return unknown('NoPods', 'The database has no pods to look at');
  }
  const without = pods.filter(pod => !sidecarOf(pod));
  if (without.length > 0) {
    return seenAt(withoutSidecar(facts, without), facts.pods, facts.namespace);
  }
  const bypassed = inboundBypassed(facts, pods);
  return bypassed && seenAt(bypassed, facts.pods);
}

/** A pod may have its sidecar and yet let ports in past it: no policy and no telemetry knows of those. */
function inboundBypassed(
  facts: Facts,
  pods: readonly KubernetesObject[],
): CheckResult | undefined {
  const bypassed = pods
    .map(pod => ({
      name: pod.metadata.name,
      ports: portsPastSidecar(pod, portsOf(facts)),
    }))
    .filter(({ ports }) => ports.length > 0);
  if (bypassed.length === 0) return undefined;
  const ports = [...new Set(bypassed.flatMap(pod => pod.ports))].map(String);
  const names = bypassed.map(({ name }) => name);
  return failing(
    'InboundBypassed',
    `What comes in to port ${list(ports)} of ${list(
      names,
    )} passes the sidecar by`,
    { bypassed: names, ports },
    {
      text: "Take Istio's annotations on which traffic is captured (traffic.sidecar.istio.io/..., sidecar.istio.io/interceptionMode) off the pod template, then restart the pods.",
      command: `kubectl get statefulset ${facts.observation.statefulSet} -n ${facts.database.namespace} -o yaml --show-managed-fields`,
    },
  );
}

function withoutSidecar(
  facts: Facts,
  pods: readonly KubernetesObject[],
): CheckResult {
  const names = pods.map(({ metadata }) => metadata.name);
  const evidence = { withoutSidecar: names };
  const has = names.length === 1 ? 'has' : 'have';
  const remedy = {
    text: 'Restart the pods one after the other, each once the one before is ready.',
    command: `kubectl delete pod ${names[0]} -n ${facts.database.namespace}`,
  };
  const optedOut = pods.some(
    ({ metadata }) => asksForSidecar(metadata.labels) === false,
  );
  if (optedOut || !newPodsAreInjected(facts)) {
    return failing(
      'PodNotInjected',
      `${list(names)} ${has} no sidecar: the traffic passes the mesh by`,
      evidence,
      optedOut
        ? {
            text: 'Take label sidecar.istio.io/inject off the pod template, then restart the pods.',
            command: remedy.command,
          }
        : remedy,
    );
  }
  return failing(
    'PodBeforeLabel',
    `${list(
      names,
    )} ${has} no sidecar though new pods get one: made before the namespace was labelled, or while the injector did not answer`,
    evidence,
    remedy,
  );
}
