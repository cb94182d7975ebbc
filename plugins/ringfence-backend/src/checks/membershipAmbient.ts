import type {
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { failing, notLooked, ok, seenAt, unknown, warning } from './results';
import { count, list } from './words';

/** The label that takes a namespace or pod into the ambient mesh. @see https://istio.io/latest/docs/reference/config/labels/ */
const MODE_LABEL = 'istio.io/dataplane-mode';
/** Set on a pod by istio-cni: `enabled`, or `pending` while traffic is not captured yet. */
const REDIRECTION_ANNOTATION = 'ambient.istio.io/redirection';
/** Lets everything that comes in past ztunnel, though the pod counts as captured. @see https://istio.io/latest/docs/reference/config/annotations/ */
const BYPASS_ANNOTATION = 'ambient.istio.io/bypass-inbound-capture';

/** Whether namespace and pods are in the ambient mesh. */
export function ambientMembership(facts: Facts): CheckResult | CheckResult[] {
  const problems = [namespaceProblem(facts), podsProblem(facts)].filter(
    result => result !== undefined,
  );
  return problems.length > 0 ? problems : captured(facts);
}

function namespaceProblem(facts: Facts): CheckResult | undefined {
  const { namespace } = facts.database;
  if (!facts.namespace.known) {
    return notLooked(`Namespace "${namespace}"`, facts.namespace);
  }
  const mode = facts.namespace.value?.metadata.labels?.[MODE_LABEL];
  if (mode === 'ambient') return undefined;
  const result = failing(
    'NamespaceNotInMesh',
    `Namespace "${namespace}" is not in the ambient mesh`,
    { [MODE_LABEL]: mode ?? 'not set' },
    {
      text: 'Put the label back; pods are captured without a restart.',
      command: `kubectl label namespace ${namespace} ${MODE_LABEL}=ambient --overwrite`,
    },
  );
  return seenAt(result, facts.namespace);
}

function podsProblem(facts: Facts): CheckResult | undefined {
  if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
  const pods = facts.pods.value;
  if (pods.length === 0) {
    return unknown('NoPods', 'The database has no pods to look at');
  }
  const bypassed = pods
    .filter(({ metadata }) => isTrue(metadata.annotations?.[BYPASS_ANNOTATION]))
    .map(({ metadata }) => metadata.name);
  if (bypassed.length > 0) {
    return seenAt(inboundBypassed(facts, bypassed), facts.pods);
  }
  const outside = namesWhere(
    pods,
    state => state !== 'enabled' && state !== 'pending',
  );
  const pending = namesWhere(pods, state => state === 'pending');
  if (outside.length === 0 && pending.length === 0) return undefined;
  return seenAt(
    outside.length > 0
      ? notCaptured(facts, outside, pending)
      : stillPending(facts, pending),
    facts.pods,
  );
}

function notCaptured(
  facts: Facts,
  outside: string[],
  pending: string[],
): CheckResult {
  return failing(
    'PodNotCaptured',
    `The traffic of ${list(outside)} passes the mesh by`,
    { outside, pending },
    {
      text: 'See whether istio-cni runs on the node, then restart the pod: after a reboot of its node a pod can stay outside.',
      command: `kubectl delete pod ${outside[0]} -n ${facts.database.namespace}`,
    },
  );
}

function inboundBypassed(facts: Facts, bypassed: string[]): CheckResult {
  return failing(
    'InboundBypassed',
    `What comes in to ${list(bypassed)} passes the mesh by`,
    { bypassed },
    {
      text: `Take annotation ${BYPASS_ANNOTATION} off the pod template, then restart the pods.`,
      command: `kubectl get statefulset ${facts.observation.statefulSet} -n ${facts.database.namespace} -o yaml --show-managed-fields`,
    },
  );
}

/** As Go reads it, which is how Istio does. */
function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(1|t|true)$/i.test(text);
}

function stillPending(facts: Facts, pending: string[]): CheckResult {
  return warning(
    'PodPending',
    `${list(pending)} ${
      pending.length === 1 ? 'is' : 'are'
    } not yet fully captured by the mesh`,
    { pending },
    {
      text: 'See whether ztunnel runs on the node if this lasts longer than a minute.',
      command: `kubectl describe pod ${pending[0]} -n ${facts.database.namespace}`,
    },
  );
}

function captured(facts: Facts): CheckResult {
  const pods = facts.pods.known
    ? facts.pods.value.map(({ metadata }) => metadata.name)
    : [];
  const result = ok(
    'Captured',
    `Namespace and ${count(pods.length, 'pod')} are in the ambient mesh`,
    { pods },
  );
  return seenAt(result, facts.namespace, facts.pods);
}

function namesWhere(
  pods: readonly KubernetesObject[],
  test: (state: string | undefined) => boolean,
): string[] {
  return pods
    .filter(({ metadata }) =>
      test(metadata.annotations?.[REDIRECTION_ANNOTATION]),
    )
    .map(({ metadata }) => metadata.name);
}
