import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { portsOf } from './authorizationRules';
import { matches, objectText, podLabelsOf, type Labels } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';

/** Which mode holds, for which port where a policy names one, and which policy says so. */
interface Effective {
  readonly mode: string;
  readonly by: string;
  readonly port?: number;
}

/** Istio's mode where no policy says otherwise. */
const ISTIO_DEFAULT: Effective = { mode: 'PERMISSIVE', by: "Istio's default" };

/** Whether the mesh refuses plaintext to the database's pods. */
export const meshStrict: Check = {
  id: 'mesh.strict',
  title: 'The mesh refuses plaintext',
  category: 'mesh',
  reasons: {
    Strict:
      'A PeerAuthentication with mode STRICT is in force on the client port and the ports between nodes, by workload, namespace or mesh.',
    NotStrict: 'Plaintext inside the Kubernetes cluster would be taken.',
    NotAskedFor:
      'The spec says strictMtls: false, and plaintext inside the Kubernetes cluster is taken.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode === 'none') return [];
    if (!facts.peerAuthentications.known) {
      return notLooked(
        `mTLS mode of namespace "${facts.database.namespace}"`,
        facts.peerAuthentications,
      );
    }
    const own = weakestOwnMode(facts, facts.peerAuthentications.value);
    if (own) return seenAt(judge(facts, own), facts.peerAuthentications);
    if (!facts.meshPeerAuthentications.known) {
      return notLooked('mTLS mode of the mesh', facts.meshPeerAuthentications);
    }
    const mesh = modeOf(
      oldest(withoutSelector(facts.meshPeerAuthentications.value)),
    );
    return seenAt(
      judge(facts, mesh ?? ISTIO_DEFAULT),
      facts.peerAuthentications,
      facts.meshPeerAuthentications,
    );
  },
};

function judge(facts: Facts, { mode, by, port }: Effective): CheckResult {
  const evidence = { mode, by, ports: portsOf(facts).map(String) };
  const where = port === undefined ? '' : ` on port ${port}`;
  if (mode === 'STRICT')
    return ok('Strict', `mTLS is STRICT, by ${by}`, evidence);
  if (!strictMtlsAsked(facts)) {
    return warning(
      'NotAskedFor',
      `mTLS is ${mode}${where}, as the spec asks: plaintext inside the mesh is taken`,
      evidence,
      {
        text: 'Set strictMtls: true in the spec and provision again, once every client is in the mesh.',
      },
    );
  }
  return failing(
    'NotStrict',
    `mTLS is ${mode}${where}, by ${by}: plaintext inside the mesh is taken`,
    evidence,
    {
      text: 'Press "Repair drift": that puts its PeerAuthentication back.',
      command: `kubectl get peerauthentications -n ${facts.database.namespace} -o yaml`,
    },
  );
}

/** Absent in a spec means yes, as in the blueprints. */
function strictMtlsAsked(facts: Facts): boolean {
  return (facts.spec as { strictMtls?: boolean }).strictMtls !== false;
}

/**
 * What the namespace's own policies say of its weakest pod and port: one that
 * is left open is a way in, whatever holds for the others.
 *
 * @returns undefined where the mesh decides for a pod
 */
function weakestOwnMode(
  facts: Facts,
  policies: readonly KubernetesObject[],
): Effective | undefined {
  const modes = podLabelsOf(facts).flatMap(labels =>
    portsOf(facts).map(port => ownMode(policies, labels, port)),
  );
  const open = modes.find(found => found && found.mode !== 'STRICT');
  return open ?? (modes.every(Boolean) ? modes[0] : undefined);
}

/** What they say of one port of one pod: a policy for the workload goes before one for the namespace. */
function ownMode(
  policies: readonly KubernetesObject[],
  labels: Labels,
  port: number,
): Effective | undefined {
  const workload = oldest(
    policies.filter(policy => selectsPod(policy, labels)),
  );
  return (
    portMode(workload, port) ??
    modeOf(workload) ??
    modeOf(oldest(withoutSelector(policies)))
  );
}

function selectsPod(policy: KubernetesObject, labels: Labels): boolean {
  const selector = selectorOf(policy);
  return selector !== undefined && matches(labels, selector);
}

function withoutSelector(policies: readonly KubernetesObject[]) {
  return policies.filter(policy => !selectorOf(policy));
}

function selectorOf(
  policy: KubernetesObject,
): Record<string, string> | undefined {
  const labels = policy.spec?.selector?.matchLabels;
  return labels && Object.keys(labels).length > 0 ? labels : undefined;
}

/** Of several policies of one scope Istio takes the oldest. */
function oldest(
  policies: readonly KubernetesObject[],
): KubernetesObject | undefined {
  return [...policies].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '').localeCompare(
      b.metadata.creationTimestamp ?? '',
    ),
  )[0];
}

function portMode(
  policy: KubernetesObject | undefined,
  port: number,
): Effective | undefined {
  const found = effective(policy?.spec?.portLevelMtls?.[port]?.mode, policy);
  return found && { ...found, port };
}

function modeOf(policy: KubernetesObject | undefined): Effective | undefined {
  return effective(policy?.spec?.mtls?.mode, policy);
}

/** UNSET inherits, as no mode at all does. */
function effective(
  mode: string | undefined,
  policy: KubernetesObject | undefined,
): Effective | undefined {
  if (!policy || !mode || mode === 'UNSET') return undefined;
  return { mode, by: objectText(policy) };
}
