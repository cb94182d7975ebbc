import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';

/**
 * In short what manifests speak of, as far as watches see it: another text
 * means that somebody changed an object. What is not known, is not taken for
 * another state.
 */
export function editedState(facts: Facts): string {
  const lists = [
    facts.statefulSet,
    facts.services,
    facts.gateway,
    facts.routes,
    facts.peerAuthentications,
    facts.authorizationPolicies,
    facts.networkPolicies,
    ...facts.certificates.map(({ certificate }) => certificate),
  ];
  const { namespace } = facts;
  return JSON.stringify([
    facts.spec,
    namespace.known && namespace.value?.metadata.labels,
    lists.map(fact => fact.known && [fact.value].flat().map(wishOf)),
  ]);
}

/** What it asks for; its generation says as much where there is one. */
function wishOf(object: KubernetesObject | undefined) {
  if (!object) return undefined;
  const { kind, metadata, spec } = object;
  const { name, labels, generation } = metadata;
  return [kind, name, labels, generation ?? spec];
}
