import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  findCondition,
  isOutdated,
  objectText,
  type Condition,
} from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from './results';

/** What a controller says on a route's attachment to one Gateway. */
interface RouteParent {
  readonly parentRef: { readonly name: string; readonly namespace?: string };
  readonly conditions?: readonly Condition[];
}

/** Whether each route is attached to the Gateway and finds its backend. */
export const gatewayRoute: Check = {
  id: 'gateway.route',
  title: 'The route leads to the database',
  category: 'gateway',
  reasons: {
    Attached:
      'The Gateway has accepted the route, and all that it refers to exists.',
    DoesNotExist:
      'There is no route to the database, of any kind that the blueprint could have made.',
    NotTakenUp:
      "The route's status is empty: the controller does not know this kind or version of route and ignores it in silence.",
    NotAccepted:
      'The Gateway refuses the route, for instance because no listener matches.',
    RefsNotResolved:
      'The route is accepted, but what it refers to does not exist or is not permitted.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none' || !facts.access.gateway) return [];
    if (!facts.routes.known) return notLooked('The routes', facts.routes);
    const { routes } = facts;
    const found = uniqueRoutes(routes.value);
    const results = [
      ...found.map(route => judge(facts, route)),
      ...missingNames(facts, found).map(name => missing(facts, name)),
    ];
    return results.map(result => seenAt(result, routes));
  },
};

/** A kind that is served in two versions is found twice; the first is the preferred one. */
function uniqueRoutes(routes: readonly KubernetesObject[]): KubernetesObject[] {
  const byName = new Map<string, KubernetesObject>();
  for (const route of routes) {
    const name = objectText(route);
    if (!byName.has(name)) byName.set(name, route);
  }
  return [...byName.values()];
}

/** Names of which no route is there, whatever its kind: with routing per node there is one for each node. */
function missingNames(
  { observation }: Facts,
  found: readonly KubernetesObject[],
): string[] {
  const there = found.map(({ metadata }) => metadata.name);
  const wanted = new Set(observation.routes.map(({ name }) => name));
  return [...wanted].filter(name => !there.includes(name));
}

/** The kinds that are asked for are alternatives: which one it is depends on what the platform serves. */
function missing({ observation }: Facts, name: string): CheckResult {
  const refs = observation.routes.filter(route => route.name === name);
  const kinds = new Set(refs.map(({ kind }) => kind));
  return failing(
    'DoesNotExist',
    `There is no ${[...kinds].join(' or ')} "${refs[0].namespace}/${name}"`,
    {},
    {
      text: 'Press "Repair drift": that puts its route back.',
    },
  );
}

function judge(facts: Facts, route: KubernetesObject): CheckResult {
  const { gateway } = facts.access;
  const parents: RouteParent[] = (route.status?.parents ?? []).filter(
    ({ parentRef: { name, namespace } }: RouteParent) =>
      name === gateway?.name &&
      (namespace === undefined || namespace === gateway?.namespace),
  );
  if (parents.length === 0) return notTakenUp(route);
  const problem = parents.map(parent => problemOf(route, parent)).find(Boolean);
  return (
    problem ??
    ok(
      'Attached',
      `${objectText(route)} is attached to the Gateway and finds its backend`,
      {
        apiVersion: route.apiVersion,
      },
    )
  );
}

function notTakenUp(route: KubernetesObject): CheckResult {
  return failing(
    'NotTakenUp',
    `${objectText(route)} is ignored: no controller has written a status`,
    { apiVersion: route.apiVersion },
    {
      text: "Compare Istio's version with the installed Gateway API CRDs: Istio ignores versions of routes that it does not know.",
      command: `kubectl get crd ${route.kind.toLowerCase()}s.gateway.networking.k8s.io -o yaml`,
    },
  );
}

function problemOf(
  route: KubernetesObject,
  parent: RouteParent,
): CheckResult | undefined {
  const accepted = findCondition(parent, 'Accepted');
  if (accepted?.status !== 'True')
    return refused(route, 'NotAccepted', accepted);
  const resolved = findCondition(parent, 'ResolvedRefs');
  if (resolved?.status !== 'True')
    return refused(route, 'RefsNotResolved', resolved);
  // What is said of an older spec is not said of this one.
  if (isOutdated(accepted, route)) return refused(route, 'NotAccepted');
  if (isOutdated(resolved, route)) return refused(route, 'RefsNotResolved');
  return undefined;
}

function refused(
  route: KubernetesObject,
  reason: string,
  condition?: Condition,
): CheckResult {
  const why = condition
    ? `${condition.reason}: ${condition.message}`
    : 'the controller has not said yet';
  return failing(
    reason,
    `${objectText(route)}: ${why}`,
    { controllerReason: condition?.reason ?? 'none' },
    {
      text: 'See which listener or backend it names.',
      command: `kubectl get ${route.kind.toLowerCase()}s.gateway.networking.k8s.io ${
        route.metadata.name
      } -n ${route.metadata.namespace} -o yaml`,
    },
  );
}
