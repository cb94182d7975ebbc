import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findCondition, objectText, type Condition } from './objects';
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
  readonly parentRef: { readonly name: string; readonly sectionName?: string };
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
    DoesNotExist: 'There is no such route.',
    NotTakenUp:
      "The route's status is empty: the controller does not know this kind or version of route and ignores it in silence.",
    NotAccepted:
      'The Gateway refuses the route, for instance because no listener matches.',
    RefsNotResolved:
      'The route is accepted, but what it refers to does not exist or is not permitted.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none') return [];
    if (!facts.routes.known) return notLooked('The routes', facts.routes);
    const found = facts.routes.value;
    const { routes } = facts;
    return facts.observation.routes.map(ref =>
      seenAt(
        judge(
          facts,
          ref,
          found.find(route => isOf(ref, route)),
        ),
        routes,
      ),
    );
  },
};

function isOf(ref: ObjectRef, route: KubernetesObject): boolean {
  return route.kind === ref.kind && route.metadata.name === ref.name;
}

function judge(
  facts: Facts,
  ref: ObjectRef,
  route: KubernetesObject | undefined,
): CheckResult {
  if (!route) {
    return failing(
      'DoesNotExist',
      `${objectText(ref)} does not exist`,
      {},
      {
        text: 'Provision the database again with the same spec: that puts its route back.',
      },
    );
  }
  const parents: RouteParent[] = (route.status?.parents ?? []).filter(
    ({ parentRef }: RouteParent) =>
      parentRef.name === facts.access.gateway.name,
  );
  if (parents.length === 0) return notTakenUp(ref);
  const problem = parents.map(parent => problemOf(ref, parent)).find(Boolean);
  return (
    problem ??
    ok(
      'Attached',
      `${objectText(ref)} is attached to the Gateway and finds its backend`,
      {
        apiVersion: route.apiVersion,
      },
    )
  );
}

function notTakenUp(ref: ObjectRef): CheckResult {
  return failing(
    'NotTakenUp',
    `${objectText(ref)} is ignored: no controller has written a status`,
    { apiVersion: ref.apiVersion },
    {
      text: "Compare Istio's version with the installed Gateway API CRDs: Istio ignores versions of routes that it does not know.",
      command: `kubectl get crd ${ref.kind.toLowerCase()}s.gateway.networking.k8s.io -o yaml`,
    },
  );
}

function problemOf(
  ref: ObjectRef,
  parent: RouteParent,
): CheckResult | undefined {
  const accepted = findCondition(parent, 'Accepted');
  if (accepted?.status !== 'True') return refused(ref, 'NotAccepted', accepted);
  const resolved = findCondition(parent, 'ResolvedRefs');
  if (resolved?.status !== 'True')
    return refused(ref, 'RefsNotResolved', resolved);
  return undefined;
}

function refused(
  ref: ObjectRef,
  reason: string,
  condition: Condition | undefined,
): CheckResult {
  const why = condition
    ? `${condition.reason}: ${condition.message}`
    : 'the controller has not said yet';
  return failing(
    reason,
    `${objectText(ref)}: ${why}`,
    { controllerReason: condition?.reason ?? 'none' },
    {
      text: 'See which listener or backend it names.',
      command: `kubectl get ${ref.kind.toLowerCase()}s.gateway.networking.k8s.io ${
        ref.name
      } -n ${ref.namespace} -o yaml`,
    },
  );
}
