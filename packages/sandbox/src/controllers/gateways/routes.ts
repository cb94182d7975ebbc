import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { withConditions, type Condition } from '../conditions';
import type { ControllerCluster, ControllerContext } from '../context';
import {
  itself,
  keyOf,
  refOfKey,
  startController,
  type RunningController,
} from '../controller';
import {
  attach,
  GATEWAY_API,
  parentsOf,
  type Attachment,
  type ROUTE_KINDS,
} from './attachment';

const CONTROLLER_NAME = 'istio.io/gateway-controller';

const waypoints: Condition = {
  type: 'ResolvedWaypoints',
  status: 'True',
  reason: 'ResolvedWaypoints',
  message: 'All waypoints resolved',
};

const same = (a: any, b: any) =>
  a?.name === b?.name && a?.sectionName === b?.sectionName;

/** Writes the status of routes of one kind, as istiod does. */
export function startRoutes(
  context: ControllerContext,
  kind: (typeof ROUTE_KINDS)[number],
): RunningController {
  const kubernetes = context.kubernetes.as('istio.io/gateway-controller', {
    force: true,
  });
  const selector = { apiVersion: GATEWAY_API, kind };
  const all = async () => (await kubernetes.list(selector)).map(keyOf);
  return startController({
    name: kind.toLowerCase(),
    kubernetes,
    log: context.log,
    watches: [
      { ...selector, concerns: itself },
      { apiVersion: GATEWAY_API, kind: 'Gateway', concerns: all },
      { apiVersion: 'v1', kind: 'Service', concerns: all },
    ],
    async reconcile(key) {
      const route = await kubernetes.get(refOfKey(selector, key));
      if (!route) return;
      const parents = await parentStatuses(kubernetes, route, context.now());
      await kubernetes.updateStatus({
        ...route,
        status: { ...route.status, parents },
      });
    },
  });
}

async function parentStatuses(
  kubernetes: ControllerCluster,
  route: KubernetesObject,
  now: Date,
) {
  const resolved = await resolveBackends(kubernetes, route);
  const statuses = [];
  for (const [index, { namespace, name, ...rest }] of parentsOf(
    route,
  ).entries()) {
    const ref = { apiVersion: GATEWAY_API, kind: 'Gateway', namespace, name };
    const gateway = await kubernetes.get(ref);
    // Istio is silent about Gateways that are not there.
    if (!gateway) continue;
    const parentRef = route.spec.parentRefs[index];
    const before = route.status?.parents?.find((parent: any) =>
      same(parent.parentRef, parentRef),
    );
    const accepted = acceptance(
      attach(route, { namespace, name, ...rest }, gateway),
    );
    statuses.push({
      parentRef,
      controllerName: CONTROLLER_NAME,
      conditions: withConditions(
        before?.conditions,
        [accepted, resolved, waypoints],
        {
          generation: route.metadata.generation,
          now,
        },
      ),
    });
  }
  return statuses;
}

function acceptance(attachment: Attachment): Condition {
  if (!('listeners' in attachment))
    return { type: 'Accepted', status: 'False', ...attachment };
  const count = attachment.listeners.length;
  return {
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message:
      count > 1
        ? `Route was valid, bound to ${count} parents`
        : 'Route was valid',
  };
}

/** The Services that a route sends to. */
export function backendsOf(route: KubernetesObject) {
  const { namespace } = route.metadata;
  const backends: any[] = (route.spec?.rules ?? []).flatMap(
    (rule: any) => rule.backendRefs ?? [],
  );
  return backends.map(({ name, port, namespace: other }) => ({
    ref: {
      apiVersion: 'v1',
      kind: 'Service',
      namespace: (other ?? namespace) as string,
      name: name as string,
    },
    port: port as number,
  }));
}

async function resolveBackends(
  kubernetes: ControllerCluster,
  route: KubernetesObject,
): Promise<Condition> {
  for (const { ref } of backendsOf(route)) {
    if (await kubernetes.get(ref)) continue;
    return {
      type: 'ResolvedRefs',
      status: 'False',
      reason: 'BackendNotFound',
      message: `backend(${ref.name}.${ref.namespace}.svc.cluster.local) not found`,
    };
  }
  return {
    type: 'ResolvedRefs',
    status: 'True',
    reason: 'ResolvedRefs',
    message: 'All references resolved',
  };
}
