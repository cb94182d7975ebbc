import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  findCondition,
  objectText,
  selectsAllPods,
  selectsSomePods,
} from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { list } from './words';

/** Whether only named identities of the mesh may reach the database. */
export const meshAuthorization: Check = {
  id: 'mesh.authorization',
  title: 'Only allowed identities reach the database',
  category: 'mesh',
  reasons: {
    Restricted:
      'An AuthorizationPolicy allows named identities to the pods and thereby refuses all others.',
    Open: 'No AuthorizationPolicy with action ALLOW applies to the pods: every workload of the mesh may connect.',
    NotNamed:
      'A rule lets anybody in on the client port, without naming an identity or a namespace.',
    NotAskedFor:
      'A rule names nobody on the client port, since plaintext carries no identity and the spec says strictMtls: false.',
    NotEnforced:
      'ztunnel refused the AuthorizationPolicy, so it does not do what it says.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode === 'none') return [];
    if (!facts.authorizationPolicies.known) {
      return notLooked(
        'The AuthorizationPolicies',
        facts.authorizationPolicies,
      );
    }
    const policies = facts.authorizationPolicies.value.filter(
      policy => allows(policy) && !isForWaypoint(policy),
    );
    return seenAt(judge(facts, policies), facts.authorizationPolicies);
  },
};

function judge(
  facts: Facts,
  allowing: readonly KubernetesObject[],
): CheckResult {
  const { namespace } = facts.database;
  const policies = allowing.filter(policy =>
    selectsAllPods(facts, selectorOf(policy)),
  );
  const open = allowing.filter(policy => letsAnybodyIn(facts, policy));
  if (policies.length === 0) {
    return failing(
      'Open',
      'Every workload of the mesh may connect: no AuthorizationPolicy applies to the pods',
      {},
      {
        text: 'Provision the database again with the same spec: that puts its AuthorizationPolicy back.',
        command: `kubectl get authorizationpolicies -n ${namespace}`,
      },
    );
  }
  const names = policies.map(objectText);
  const refused = policies.flatMap(policy => {
    const accepted = findCondition(policy.status, 'ZtunnelAccepted');
    return accepted?.status === 'False'
      ? [`${objectText(policy)}: ${accepted.message ?? accepted.reason}`]
      : [];
  });
  if (refused.length > 0) {
    return failing(
      'NotEnforced',
      `ztunnel does not enforce ${list(refused)}`,
      { policies: names, refused },
      {
        text: 'ztunnel enforces rules on identities, namespaces, addresses and ports only.',
        command: `kubectl get authorizationpolicies -n ${namespace} -o yaml`,
      },
    );
  }
  if (open.length > 0) return notNamed(facts, open.map(objectText));
  return ok(
    'Restricted',
    `Identities that may connect are named by ${list(names)}`,
    { policies: names },
  );
}

function notNamed(facts: Facts, policies: string[]): CheckResult {
  const port = facts.observation.clientPort;
  const summary = `${list(policies)} lets anybody in on port ${port}`;
  const asked = (facts.spec as { strictMtls?: boolean }).strictMtls === false;
  return asked
    ? warning(
        'NotAskedFor',
        `${summary}, as strictMtls: false asks`,
        { policies },
        {
          text: 'Set strictMtls: true in the spec and provision again, once every client is in the mesh.',
        },
      )
    : failing(
        'NotNamed',
        summary,
        { policies },
        {
          text: 'Delete the policy if it is not of Ringfence, and provision the database again with the same spec: that puts its own back.',
          command: `kubectl get authorizationpolicies -n ${facts.database.namespace} -o yaml`,
        },
      );
}

/** A rule of an AuthorizationPolicy, as far as it matters here. @see https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
interface Rule {
  readonly from?: ReadonlyArray<{
    readonly source?: Readonly<Record<string, readonly string[]>>;
  }>;
  readonly to?: ReadonlyArray<{
    readonly operation?: { readonly ports?: readonly string[] };
  }>;
  readonly when?: ReadonlyArray<{ readonly key: string }>;
}

/** What names who may come; the other fields of a source only leave some out. */
const NAMING = ['principals', 'namespaces', 'serviceAccounts', 'ipBlocks'];

/** Policies add up: one open rule on one pod is a way in, whatever the others say. */
function letsAnybodyIn(facts: Facts, policy: KubernetesObject): boolean {
  if (!selectsSomePods(facts, selectorOf(policy))) return false;
  const rules: readonly Rule[] = policy.spec?.rules ?? [];
  const port = String(facts.observation.clientPort);
  return rules.some(rule => coversPort(rule, port) && !namesSources(rule));
}

function coversPort({ to = [] }: Rule, port: string): boolean {
  if (to.length === 0) return true;
  return to.some(({ operation }) => operation?.ports?.includes(port) ?? true);
}

function namesSources({ from = [], when = [] }: Rule): boolean {
  if (when.some(({ key }) => key.startsWith('source.'))) return true;
  if (from.length === 0) return false;
  return from.every(({ source = {} }) =>
    NAMING.some(field => {
      const named = source[field] ?? [];
      return named.length > 0 && !named.includes('*');
    }),
  );
}

/** One with targets holds at a waypoint or a Service, and not at the pods. */
function isForWaypoint({ spec }: KubernetesObject): boolean {
  return Boolean(spec?.targetRef) || (spec?.targetRefs ?? []).length > 0;
}

/** ALLOW is the action of a policy that names none. */
function allows(policy: KubernetesObject): boolean {
  return (policy.spec?.action ?? 'ALLOW') === 'ALLOW';
}

function selectorOf(policy: KubernetesObject): Record<string, string> {
  return policy.spec?.selector?.matchLabels ?? {};
}
