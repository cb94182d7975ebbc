import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findCondition, objectText, selectsAllPods } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
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
      policy => allows(policy) && applies(facts, policy),
    );
    return seenAt(judge(facts, policies), facts.authorizationPolicies);
  },
};

function judge(
  facts: Facts,
  policies: readonly KubernetesObject[],
): CheckResult {
  const { namespace } = facts.database;
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
  return ok(
    'Restricted',
    `Identities that may connect are named by ${list(names)}`,
    { policies: names },
  );
}

/** ALLOW is the action of a policy that names none. */
function allows(policy: KubernetesObject): boolean {
  return (policy.spec?.action ?? 'ALLOW') === 'ALLOW';
}

function applies(facts: Facts, policy: KubernetesObject): boolean {
  return selectsAllPods(facts, policy.spec?.selector?.matchLabels ?? {});
}
