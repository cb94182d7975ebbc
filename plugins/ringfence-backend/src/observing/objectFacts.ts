import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Fact,
  Facts,
  GatewayAddress,
  KubernetesObject,
  ObjectRef,
  ObjectSelector,
  ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { namespacesReached } from '../checks/reach';
import { allOf, known } from './look';
import { gatherMeshFacts } from './meshFacts';
import type { ObjectSource } from './ObjectSource';
import { REACHING } from './watched/kinds';

/** The facts that Kubernetes objects hold by themselves. */
export type ObjectFacts = Pick<
  Facts,
  | 'namespace'
  | 'statefulSet'
  | 'pods'
  | 'services'
  | 'gateway'
  | 'routes'
  | 'peerAuthentications'
  | 'meshPeerAuthentications'
  | 'authorizationPolicies'
  | 'meshAuthorizationPolicies'
  | 'ztunnelPods'
  | 'gatewayAddresses'
  | 'trafficRules'
  | 'envoyFilters'
  | 'otherRoutes'
  | 'networkPolicies'
  | 'endpointSlices'
  | 'volumeClaims'
  | 'certificateRequests'
  | 'referenceGrants'
  | 'warnings'
>;

const ISTIO_SECURITY = 'security.istio.io/v1';
const ISTIO_NETWORKING = 'networking.istio.io/v1';
/** What bends the way of traffic past or around the mesh. */
const TRAFFIC_RULES = [
  'ServiceEntry',
  'VirtualService',
  'DestinationRule',
  'Sidecar',
];

/**
 * Reads everything that objects tell about one database, side by side.
 *
 * @param rootNamespace - the mesh's; absent: where its ztunnels are
 */
export async function gatherObjectFacts(
  source: ObjectSource,
  { namespace }: DatabaseRef,
  recipe: ObservationRecipe,
  rootNamespace?: string,
): Promise<ObjectFacts> {
  const inNamespace = (apiVersion: string, kind: string) =>
    source.list({ apiVersion, kind, namespace });
  const [own, around, mesh, gateway, routes] = await Promise.all([
    Promise.all([
      source.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
      source.get({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        name: recipe.statefulSet,
        namespace,
      }),
      source.list(podsOf(namespace, recipe)),
      inNamespace('v1', 'Service'),
      inNamespace(ISTIO_SECURITY, 'PeerAuthentication'),
      inNamespace(ISTIO_SECURITY, 'AuthorizationPolicy'),
    ]),
    gatherSurroundings(source, namespace),
    gatherMeshFacts(source, namespace, rootNamespace),
    recipe.gateway ? source.get(recipe.gateway) : known(undefined, new Date()),
    gatherRoutes(source, recipe.routes),
  ]);
  const { meshTrafficRules, ...meshFacts } = mesh;
  const reaching = await gatherReaching(source, namespace);
  return {
    namespace: own[0],
    statefulSet: own[1],
    pods: await withUnlabelled(own[1], own[2], () =>
      source.list(podsOf(namespace, recipe), { live: true }),
    ),
    services: own[3],
    peerAuthentications: own[4],
    authorizationPolicies: own[5],
    ...around,
    ...meshFacts,
    trafficRules: once(
      allOf([around.trafficRules, meshTrafficRules, reaching]),
    ),
    gateway,
    routes,
    otherRoutes: await gatherOtherRoutes(source, namespace, recipe.routes),
    gatewayAddresses: addressesOf(gateway),
  };
}

function podsOf(
  namespace: string,
  { podLabels: labels }: ObservationRecipe,
): ObjectSelector {
  return { apiVersion: 'v1', kind: 'Pod', namespace, labels };
}

/**
 * Pods are followed by the label that says whose they are. One that has lost it
 * is a pod of the StatefulSet still, and is looked for where some are missing.
 */
async function withUnlabelled(
  statefulSet: ObjectFacts['statefulSet'],
  pods: ObjectFacts['pods'],
  listLive: () => Promise<ObjectFacts['pods']>,
): Promise<ObjectFacts['pods']> {
  if (!statefulSet.known || !pods.known) return pods;
  const counted = statefulSet.value?.status?.replicas;
  const lacksSome = typeof counted === 'number' && pods.value.length < counted;
  return lacksSome ? listLive() : pods;
}

/** Rules of other namespaces that name what is in this one. */
async function gatherReaching(
  source: ObjectSource,
  namespace: string,
): Promise<Fact<readonly KubernetesObject[]>> {
  const rules = allOf(
    await Promise.all(
      REACHING.map(kind => source.list({ apiVersion: ISTIO_NETWORKING, kind })),
    ),
  );
  if (!rules.known) return rules;
  const value = rules.value.filter(
    rule =>
      rule.metadata.namespace !== namespace &&
      namespacesReached(rule).includes(namespace),
  );
  return { ...rules, value };
}

/** What holds for the whole mesh may name this namespace as well. */
function once(
  fact: Fact<readonly KubernetesObject[]>,
): Fact<readonly KubernetesObject[]> {
  if (!fact.known) return fact;
  const objects = fact.value.map((object): [string, KubernetesObject] => {
    const { namespace, name } = object.metadata;
    return [`${object.kind} ${namespace}/${name}`, object];
  });
  return { ...fact, value: [...new Map(objects).values()] };
}

/** What is in the namespace besides the database's own objects, or comes of them. */
async function gatherSurroundings(source: ObjectSource, namespace: string) {
  const inNamespace = (apiVersion: string, kind: string) =>
    source.list({ apiVersion, kind, namespace });
  const [
    trafficRules,
    networkPolicies,
    endpointSlices,
    volumeClaims,
    certificateRequests,
    referenceGrants,
    events,
  ] = await Promise.all([
    // A kind that is not served has no objects: Istio's may not be installed.
    Promise.all(
      TRAFFIC_RULES.map(kind => inNamespace(ISTIO_NETWORKING, kind)),
    ).then(allOf),
    inNamespace('networking.k8s.io/v1', 'NetworkPolicy'),
    inNamespace('discovery.k8s.io/v1', 'EndpointSlice'),
    inNamespace('v1', 'PersistentVolumeClaim'),
    inNamespace('cert-manager.io/v1', 'CertificateRequest'),
    inNamespace('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant'),
    inNamespace('v1', 'Event'),
  ]);
  const warnings = events.known
    ? {
        ...events,
        value: events.value.filter(({ type }) => type === 'Warning'),
      }
    : events;
  return {
    trafficRules,
    networkPolicies,
    endpointSlices,
    volumeClaims,
    certificateRequests,
    referenceGrants,
    warnings,
  };
}

/** All of the routes that exist, or why one of them could not be read. */
async function gatherRoutes(
  source: ObjectSource,
  refs: readonly ObjectRef[],
): Promise<Fact<readonly KubernetesObject[]>> {
  const facts = await Promise.all(refs.map(ref => source.get(ref)));
  const unlooked = facts.find(fact => !fact.known);
  if (unlooked && !unlooked.known) return unlooked;
  const found = facts.flatMap(fact =>
    fact.known && fact.value ? [fact.value] : [],
  );
  const oldest = Math.min(...facts.map(({ at }) => at.getTime()));
  return known(found, facts.length > 0 ? new Date(oldest) : new Date());
}

/** A route that is not the database's own may lead to it all the same. */
async function gatherOtherRoutes(
  source: ObjectSource,
  namespace: string,
  own: readonly ObjectRef[],
): Promise<Fact<readonly KubernetesObject[]>> {
  const kinds = new Map(
    own.map(({ apiVersion, kind }) => [
      `${apiVersion} ${kind}`,
      { apiVersion, kind, namespace },
    ]),
  );
  const lists = await Promise.all(
    [...kinds.values()].map(selector => source.list(selector)),
  );
  if (lists.length === 0) return known([], new Date());
  const routes = allOf(lists);
  if (!routes.known) return routes;
  const isOwn = ({ kind, metadata }: KubernetesObject) =>
    own.some(ref => ref.kind === kind && ref.name === metadata.name);
  return { ...routes, value: routes.value.filter(route => !isOwn(route)) };
}

function addressesOf(
  gateway: Fact<KubernetesObject | undefined>,
): Fact<readonly GatewayAddress[]> {
  if (!gateway.known) return gateway;
  return known(readGatewayAddresses(gateway.value), gateway.at);
}

/** `status.addresses` of a Gateway; an entry without a type is an IP address. */
export function readGatewayAddresses(
  gateway: KubernetesObject | undefined,
): GatewayAddress[] {
  const addresses: Array<Partial<GatewayAddress>> =
    gateway?.status?.addresses ?? [];
  return addresses.flatMap(({ type, value }) =>
    value ? [{ type: type ?? 'IPAddress', value }] : [],
  );
}
