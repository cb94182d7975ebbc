import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';

/**
 * What manifests speak of, as far as watches see it, part by part: another one
 * means that somebody changed an object. A part that is not known is
 * `undefined`.
 */
export function editedState(facts: Facts): readonly unknown[] {
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
  return [
    facts.spec,
    namespace.known ? namespace.value?.metadata.labels ?? {} : undefined,
    ...lists.map(fact =>
      fact.known ? [fact.value].flat().map(wishOf) : undefined,
    ),
  ];
}

/** What it asks for; its generation says as much where there is one. */
function wishOf(object: KubernetesObject | undefined) {
  if (!object) return undefined;
  const { kind, metadata, spec } = object;
  const { name, labels, generation } = metadata;
  return [kind, name, labels, generation ?? spec];
}
