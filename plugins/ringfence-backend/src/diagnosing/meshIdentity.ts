import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { podLabelsOf } from '../checks/objects';
import { ADD_CLIENT, isListed, specLines } from './accessClients';
import {
  byVerdict,
  failing,
  notLooked,
  ok,
  unknown,
  type Answer,
} from './answers';
import { authorizes } from '../checks/authorizes';
import type { Workload } from './readClient';
import type { Situation } from './Situation';
import { agreed } from '../checks/verdict';

/** Whether the AuthorizationPolicies of the database's pods let the client's identity in. */
export function isAllowed(situation: Situation): Answer {
  const { facts, client, workload } = situation;
  const { authorizationPolicies } = facts;
  const { meshAuthorizationPolicies } = client;
  const { namespace, serviceAccount } = workload;
  const what = `The AuthorizationPolicies of "${facts.database.namespace}"`;
  if (facts.observation.meshMode === 'none') {
    return ok('The database is not in a mesh, which could refuse the client');
  }
  if (!authorizationPolicies.known) {
    return notLooked(what, authorizationPolicies);
  }
  if (!meshAuthorizationPolicies.known) {
    return notLooked('Those of the whole mesh', meshAuthorizationPolicies);
  }
  const policies = [
    ...authorizationPolicies.value,
    ...meshAuthorizationPolicies.value,
  ];
  const verdict = agreed(
    podLabelsOf(facts).map(labels =>
      authorizes(policies, {
        client: identityOf(situation),
        labels,
        port: facts.observation.clientPort,
      }),
    ),
  );
  const who = `ServiceAccount "${namespace}/${serviceAccount}"`;
  const listed = isListed(facts, workload);
  return byVerdict(verdict, {
    yes: () => ok(`${what} let ${who} in`),
    no: () => refused(facts, workload, `${what} do not let ${who} in`),
    unknown: () =>
      unknown(
        `Whether ${what.replace(
          'The',
          'the',
        )} let ${who} in cannot be told: a condition in them is not understood, or the trust domain is not known`,
        listed ? undefined : ADD_CLIENT,
      ),
  });
}

/** A client outside of the mesh has none, where it gets that far. */
function identityOf({ facts, workload, membership, strict }: Situation) {
  if (membership.mode === 'none' && strict === 'no') return undefined;
  const { namespace, serviceAccount } = workload;
  const trustDomain = facts.platform.known
    ? facts.platform.value.istio?.trustDomain
    : undefined;
  return { namespace, serviceAccount, trustDomain };
}

function refused(facts: Facts, workload: Workload, summary: string): Answer {
  return isListed(facts, workload)
    ? failing(summary, {
        text: 'The spec allows this client. Press "Repair drift", and look for a policy that is not of Ringfence.',
        command: `kubectl get authorizationpolicies -n ${facts.database.namespace}`,
      })
    : failing(summary, ADD_CLIENT, specLines(workload));
}
