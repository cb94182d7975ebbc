import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  findCondition,
  isPartOfDatabase,
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
      'A rule lets anybody in on the client port or on a port between nodes, without naming an identity or a namespace.',
    Widened:
      'A policy that is not of Ringfence lets others in besides those whom the spec names: policies with action ALLOW add up.',
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
  const added = foreign(facts, allowing);
  if (added.length > 0) return widened(facts, added.map(objectText));
  return ok(
    'Restricted',
    `Identities that may connect are named by ${list(names)}`,
    { policies: names },
  );
}

/**
 * Policies beside Ringfence's own that let somebody in. Its own has the name of
 * the ring, or, where a blueprint calls it otherwise, its label; where there is
 * neither, somebody has put their own in its place, and drift says so.
 */
function foreign(
  facts: Facts,
  allowing: readonly KubernetesObject[],
): KubernetesObject[] {
  const hasName = ({ metadata }: KubernetesObject) =>
    metadata.name === facts.observation.statefulSet;
  const isOwn = allowing.some(hasName) ? hasName : isPartOfDatabase;
  if (!allowing.some(isOwn)) return [];
  return allowing.filter(
    policy =>
      !isOwn(policy) &&
      selectsSomePods(facts, selectorOf(policy)) &&
      rulesOf(policy).some(rule => coversPorts(facts, rule)),
  );
}

function widened(facts: Facts, policies: string[]): CheckResult {
  return warning(
    'Widened',
    `${list(policies)} ${
      policies.length === 1 ? 'lets' : 'let'
    } others in besides those whom the spec names`,
    { policies },
    {
      text: 'Name those who need it in access.clients of the spec and provision again; delete the policy otherwise.',
      command: `kubectl get authorizationpolicies -n ${facts.database.namespace} -o yaml`,
    },
  );
}

function notNamed(facts: Facts, policies: string[]): CheckResult {
  const ports = portsOf(facts).map(String);
  const summary = `${list(policies)} lets anybody in on port ${list(ports)}`;
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
  readonly when?: ReadonlyArray<{
    readonly key: string;
    readonly values?: readonly string[];
  }>;
}

/** What names who may come; the other fields of a source only leave some out. */
const NAMING = ['principals', 'namespaces', 'serviceAccounts', 'ipBlocks'];

/** Policies add up: one open rule on one pod is a way in, whatever the others say. */
function letsAnybodyIn(facts: Facts, policy: KubernetesObject): boolean {
  if (!selectsSomePods(facts, selectorOf(policy))) return false;
  return rulesOf(policy).some(
    rule => coversPorts(facts, rule) && !namesSources(rule),
  );
}

function rulesOf({ spec }: KubernetesObject): readonly Rule[] {
  return spec?.rules ?? [];
}

/** Between nodes nobody logs in: who reaches those ports reads everything. */
function portsOf({ observation }: Facts): number[] {
  return [observation.clientPort, ...(observation.ringPorts ?? [])];
}

function coversPorts(facts: Facts, { to = [] }: Rule): boolean {
  if (to.length === 0) return true;
  const ports = portsOf(facts).map(String);
  return to.some(
    ({ operation }) =>
      operation?.ports?.some(port => ports.includes(port)) ?? true,
  );
}

function namesSources({ from = [], when = [] }: Rule): boolean {
  const isNamed = when.some(
    ({ key, values = [] }) =>
      key.startsWith('source.') && values.length > 0 && values.every(namesOne),
  );
  if (isNamed) return true;
  if (from.length === 0) return false;
  return from.every(({ source = {} }) =>
    NAMING.some(field => {
      const named = source[field] ?? [];
      return named.length > 0 && named.every(namesOne);
    }),
  );
}

/** Whether a value is for somebody in particular: not every address, nor an identity of any namespace. */
function namesOne(value: string): boolean {
  if (/\/0$/.test(value) || /^\*+$/.test(value)) return false;
  const isIdentity = value.includes('*') && value.includes('/');
  return !isIdentity || /\/ns\/[^*/]+\//.test(value);
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
