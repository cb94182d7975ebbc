import type {
  CertificateFacts,
  Fact,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { schemaOf } from './shapes';

/** The facts that are one object or a list of them. */
const OBJECT_FACTS = [
  'namespace',
  'statefulSet',
  'pods',
  'services',
  'gateway',
  'routes',
  'peerAuthentications',
  'meshPeerAuthentications',
  'authorizationPolicies',
  'ztunnelPods',
  'trafficRules',
  'networkPolicies',
  'endpointSlices',
  'volumeClaims',
  'certificateRequests',
  'warnings',
] as const;

/**
 * The facts as checks may trust them: one that holds an object of a form that
 * no API server gives is not known, and says which field is amiss. So a check
 * needs no guard of its own, and nothing is called in order that was misread.
 */
export function soundFacts(facts: Facts): Facts {
  const sound = Object.fromEntries(
    OBJECT_FACTS.map(key => [key, soundFact<unknown>(facts[key])]),
  );
  return {
    ...facts,
    ...sound,
    certificates: facts.certificates.map(soundCertificate),
  };
}

function soundCertificate(facts: CertificateFacts): CertificateFacts {
  return { ...facts, certificate: soundFact(facts.certificate) };
}

function soundFact<T>(fact: Fact<T>): Fact<T> {
  if (!fact.known) return fact;
  const objects: unknown[] = [fact.value].flat();
  const why = objects
    .filter(object => object !== undefined)
    .map(problemOf)
    .find(Boolean);
  return why ? { known: false, why, at: fact.at } : fact;
}

/** An object is looked at once: one that changes is another. */
const looked = new WeakMap<object, string | undefined>();

function problemOf(object: unknown): string | undefined {
  if (typeof object !== 'object' || object === null) {
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
