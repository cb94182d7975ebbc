import type {
  CertificateFacts,
  Fact,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { schemaOf } from './shapes';

/** The facts that are one object. */
const OBJECTS = ['namespace', 'statefulSet', 'gateway'] as const;

/** The facts that are a list of objects. */
const LISTS = [
  'pods',
  'services',
  'routes',
  'peerAuthentications',
  'meshPeerAuthentications',
  'authorizationPolicies',
  'meshAuthorizationPolicies',
  'ztunnelPods',
  'trafficRules',
  'envoyFilters',
  'otherRoutes',
  'networkPolicies',
  'endpointSlices',
  'volumeClaims',
  'certificateRequests',
  'referenceGrants',
  'warnings',
] as const;

/**
 * The facts as checks may trust them: one that holds an object of a form that
 * no API server gives is not known, and says which field is amiss. So a check
 * needs no guard of its own, and nothing is called in order that was misread.
 */
export function soundFacts(facts: Facts): Facts {
  const objects = OBJECTS.map(key => [key, sound(facts[key], problemOf)]);
  const lists = LISTS.map(key => [key, sound(facts[key], listProblemOf)]);
  return {
    ...facts,
    ...Object.fromEntries([...objects, ...lists]),
    certificates: facts.certificates.map(soundCertificate),
  };
}

function soundCertificate(facts: CertificateFacts): CertificateFacts {
  return { ...facts, certificate: sound(facts.certificate, problemOf) };
}

function sound<T>(
  fact: Fact<T>,
  find: (value: T) => string | undefined,
): Fact<T> {
  if (!fact.known || fact.value === undefined) return fact;
  const why = find(fact.value);
  return why ? { known: false, why, at: fact.at } : fact;
}

function listProblemOf(list: unknown): string | undefined {
  if (!Array.isArray(list)) return 'what came is no list';
  return list.map(problemOf).find(Boolean);
}

/** An object is looked at once: one that changes is another. */
const looked = new WeakMap<object, string | undefined>();

function problemOf(object: unknown): string | undefined {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    return 'what came is no Kubernetes object';
  }
  if (!looked.has(object)) looked.set(object, findProblem(object));
  return looked.get(object);
}

function findProblem(object: Partial<KubernetesObject>): string | undefined {
  const kind = typeof object.kind === 'string' ? object.kind : 'object';
  const result = schemaOf(kind).safeParse(object);
  if (result.success) return undefined;
  const [{ path, message }] = result.error.issues;
  const name = object.metadata?.name;
  return `${kind} "${
    typeof name === 'string' ? name : 'without a name'
  }" has not the form of its kind: ${path.join('.')}: ${message}`;
}
