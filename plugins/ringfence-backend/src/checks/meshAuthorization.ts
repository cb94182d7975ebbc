import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  coversPorts,
  letsAnybodyIn,
  portsOf,
  rulesOf,
  selectorOf,
} from './authorizationRules';
import {
  findCondition,
  isPartOfDatabase,
  objectText,
  selectsAllPods,
  selectsSomePods,
} from './objects';
import { refusedIdentities } from './refusedIdentities';
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
      'A rule, of the namespace or of the whole mesh, lets anybody in on the client port or on a port between nodes, without naming an identity or a namespace.',
    Widened:
      'A policy that is not of Ringfence, of the namespace or of the whole mesh, lets others in besides those whom the spec names: policies with action ALLOW add up.',
    Refused:
      "Another policy refuses somebody whom Ringfence's own lets in: one with action DENY goes before every ALLOW.",
    NotAskedFor:
      'A rule names nobody on the client port, since plaintext carries no identity and the spec says strictMtls: false.',
    NotEnforced:
      'ztunnel refused the AuthorizationPolicy, so it does not do what it says.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode === 'none') return [];
    const { authorizationPolicies, meshAuthorizationPolicies } = facts;
    if (!authorizationPolicies.known) {
      return notLooked('The AuthorizationPolicies', authorizationPolicies);
    }
    if (!meshAuthorizationPolicies.known) {
      return notLooked(
        'The AuthorizationPolicies of the whole mesh',
        meshAuthorizationPolicies,
      );
    }
    const policies = [
      ...authorizationPolicies.value,
      ...meshAuthorizationPolicies.value,
    ].filter(policy => !isForWaypoint(policy));
    return seenAt(
      judge(facts, policies),
      authorizationPolicies,
      meshAuthorizationPolicies,
    );
  },
};

function judge(
  facts: Facts,
  policies: readonly KubernetesObject[],
): CheckResult {
  const allowing = policies.filter(allows);
  const restricting = allowing.filter(policy =>
    selectsAllPods(facts, selectorOf(policy)),
  );
  if (restricting.length === 0) return open(facts);
  const notEnforced = restricting.flatMap(refusedByZtunnel);
  if (notEnforced.length > 0) return notInForce(restricting, notEnforced);
  const letting = allowing.filter(policy => letsAnybodyIn(facts, policy));
  if (letting.length > 0) return notNamed(facts, allowing, letting);
  const refused = refusedIdentities(
    facts,
    allowing.filter(isOwnOf(facts, allowing)),
    policies,
  );
  if (refused.length > 0) return refusing(facts, policies, refused);
  const added = foreign(facts, allowing);
  if (added.length > 0) return widened(added);
  const names = restricting.map(objectText);
  return ok(
    'Restricted',
    `Identities that may connect are named by ${list(names)}`,
    { policies: names },
  );
}

function open(facts: Facts): CheckResult {
  return failing(
    'Open',
    'Every workload of the mesh may connect: no AuthorizationPolicy applies to the pods',
    {},
    {
      text: 'Press "Repair drift": that puts its AuthorizationPolicy back.',
      command: `kubectl get authorizationpolicies -n ${facts.database.namespace}`,
    },
  );
}

function refusedByZtunnel(policy: KubernetesObject): string[] {
  const accepted = findCondition(policy.status, 'ZtunnelAccepted');
  return accepted?.status === 'False'
    ? [`${objectText(policy)}: ${accepted.message ?? accepted.reason}`]
    : [];
}

function notInForce(
  policies: readonly KubernetesObject[],
  refused: string[],
): CheckResult {
  return failing(
    'NotEnforced',
    `ztunnel does not enforce ${list(refused)}`,
    { policies: policies.map(objectText), refused },
    {
      text: 'ztunnel enforces rules on identities, namespaces, addresses and ports only.',
      command: lookAt(policies),
    },
  );
}

/**
 * Which policies are Ringfence's own: the one with the name of the ring, or,
 * where a blueprint calls it otherwise, those with its label. Where there is
 * neither, somebody has put theirs in its place, and drift says so. One of the
 * whole mesh never is.
 */
function isOwnOf(
  { database, observation }: Facts,
  allowing: readonly KubernetesObject[],
): (policy: KubernetesObject) => boolean {
  const isAtHome = ({ metadata }: KubernetesObject) =>
    metadata.namespace === database.namespace;
  const hasName = (policy: KubernetesObject) =>
    isAtHome(policy) && policy.metadata.name === observation.statefulSet;
  const hasLabel = (policy: KubernetesObject) =>
    isAtHome(policy) && isPartOfDatabase(policy);
  return [hasName, hasLabel].find(is => allowing.some(is)) ?? isAtHome;
}

/** Policies beside Ringfence's own that let somebody in. */
function foreign(
  facts: Facts,
  allowing: readonly KubernetesObject[],
): KubernetesObject[] {
  const isOwn = isOwnOf(facts, allowing);
  return allowing.filter(
    policy =>
      !isOwn(policy) &&
      selectsSomePods(facts, selectorOf(policy)) &&
      rulesOf(policy).some(rule => coversPorts(facts, rule)),
  );
}

function widened(added: readonly KubernetesObject[]): CheckResult {
  const policies = added.map(objectText);
  return warning(
    'Widened',
    `${list(policies)} ${
      policies.length === 1 ? 'lets' : 'let'
    } others in besides those whom the spec names`,
    { policies },
    {
      text: 'Name those who need it in access.clients of the spec and provision again; delete the policy otherwise, or have it select other workloads.',
      command: lookAt(added),
    },
  );
}

function refusing(
  facts: Facts,
  policies: readonly KubernetesObject[],
  refused: string[],
): CheckResult {
  const denying = policies.filter(
    policy =>
      policy.spec?.action === 'DENY' &&
      selectsSomePods(facts, selectorOf(policy)),
  );
  return failing(
    'Refused',
    `${list(denying.map(objectText))} ${
      denying.length === 1 ? 'refuses' : 'refuse'
    } ${list(refused)}, though the spec lets them in`,
    { policies: denying.map(objectText), refused },
    {
      text: "Delete the policy if nobody needs it, or have it leave out the database's pods.",
      command: lookAt(denying),
    },
  );
}

function notNamed(
  facts: Facts,
  allowing: readonly KubernetesObject[],
  letting: readonly KubernetesObject[],
): CheckResult {
  const policies = letting.map(objectText);
  const ports = portsOf(facts).map(String);
  const summary = `${list(policies)} ${
    policies.length === 1 ? 'lets' : 'let'
  } anybody in on port ${list(ports)}`;
  // What somebody else opens, nobody asked for.
  const asked =
    (facts.spec as { strictMtls?: boolean }).strictMtls === false &&
    letting.every(isOwnOf(facts, allowing));
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
          text: 'Delete the policy if it is not of Ringfence; if it is, press "Repair drift": that puts its own rules back.',
          command: lookAt(letting),
        },
      );
}

/** Shows the policies of the namespace of the first. */
function lookAt([first]: readonly KubernetesObject[]): string {
  return `kubectl get authorizationpolicies -n ${first?.metadata.namespace} -o yaml`;
}

/** One with targets holds at a waypoint or a Service, and not at the pods. */
function isForWaypoint({ spec }: KubernetesObject): boolean {
  return Boolean(spec?.targetRef) || (spec?.targetRefs ?? []).length > 0;
}

/** ALLOW is the action of a policy that names none. */
function allows(policy: KubernetesObject): boolean {
  return (policy.spec?.action ?? 'ALLOW') === 'ALLOW';
}
