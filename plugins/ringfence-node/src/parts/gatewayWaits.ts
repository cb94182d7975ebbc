import type { GatewayAddress, ObjectWait, WaitState } from '../blueprint';
import type { KubernetesObject, ObjectRef } from '../kubernetes';
import {
  describeCondition,
  findCondition,
  holds,
  type Condition,
} from './conditions';
import { describeCommand, describeRef } from './waits';

const MINUTE_MS = 60_000;

/** Istio writes a route's status within a second; one without any has been left out. */
const ROUTE_STATUS_PATIENCE_MS = 10_000;

/** What Istio calls itself in the status of routes. */
const ISTIO_CONTROLLER = 'istio.io/gateway-controller';

interface ListenerStatus {
  readonly name: string;
  readonly conditions?: readonly Condition[];
}

interface RouteParentStatus {
  readonly parentRef: { readonly name: string; readonly sectionName?: string };
  readonly controllerName: string;
  readonly conditions?: readonly Condition[];
}

/**
 * A Gateway has an address, whatever else its conditions say: the service
 * certificate, which must carry it, is not made yet.
 */
export function gatewayHasAddress(ref: ObjectRef): ObjectWait {
  return {
    kind: 'object',
    ref,
    name: `${describeRef(ref)} has an address`,
    timeoutMs: 5 * MINUTE_MS,
    remedy: `Look at: ${describeCommand(ref)}; kubectl get service -n ${
      ref.namespace
    }. A Service that stays <pending> needs a load balancer: the cloud's own, or MetalLB or kube-vip`,
    evaluate: gateway => {
      const addresses = gatewayAddresses(gateway);
      if (addresses.length === 0) return noAddress(ref, gateway);
      return {
        state: 'done',
        message: addresses.map(({ value }) => value).join(', '),
        observed: { gatewayAddresses: addresses },
      };
    },
  };
}

/** `status.addresses` of a Gateway. */
export function gatewayAddresses(
  gateway: KubernetesObject | undefined,
): GatewayAddress[] {
  const addresses: { type?: string; value: string }[] =
    gateway?.status?.addresses ?? [];
  return addresses.map(({ type, value }) => ({
    type: type === 'Hostname' ? 'Hostname' : 'IPAddress',
    value,
  }));
}

function noAddress(
  ref: ObjectRef,
  gateway: KubernetesObject | undefined,
): WaitState {
  if (!gateway) {
    return { state: 'waiting', why: `${describeRef(ref)} is not there yet` };
  }
  const conditions: Condition[] | undefined = gateway.status?.conditions;
  const accepted = findCondition(conditions, 'Accepted');
  if (accepted?.reason === 'InvalidParameters') {
    return {
      state: 'failed',
      why: describeCondition('Accepted', accepted),
      remedy: `Look at: kubectl get configmap ${ref.name} -n ${ref.namespace} -o yaml`,
    };
  }
  const programmed = findCondition(conditions, 'Programmed');
  return { state: 'waiting', why: describeCondition('Programmed', programmed) };
}

/**
 * A Gateway and each of its listeners are Programmed. `Programmed` of the
 * Gateway alone proves nothing: Istio has set it beside
 * `Accepted=False (ListenersNotValid)`.
 */
export function gatewayProgrammed(
  ref: ObjectRef,
  listeners: readonly string[],
): ObjectWait {
  return {
    kind: 'object',
    ref,
    name: `${describeRef(ref)} and its listeners are Programmed`,
    timeoutMs: 2 * MINUTE_MS,
    remedy: `Look at: ${describeCommand(ref)}`,
    evaluate: gateway => {
      if (!gateway) {
        return {
          state: 'waiting',
          why: `${describeRef(ref)} is not there yet`,
        };
      }
      const problem =
        gatewayProblem(gateway) ?? firstListenerProblem(gateway, listeners);
      return problem === undefined
        ? { state: 'done', message: `listeners ${listeners.join(', ')}` }
        : { state: 'waiting', why: problem };
    },
  };
}

function gatewayProblem(gateway: KubernetesObject): string | undefined {
  return conditionProblem(gateway, gateway.status?.conditions, [
    'Accepted',
    'Programmed',
  ]);
}

function firstListenerProblem(
  gateway: KubernetesObject,
  expected: readonly string[],
): string | undefined {
  const statuses: ListenerStatus[] = gateway.status?.listeners ?? [];
  for (const name of expected) {
    const status = statuses.find(listener => listener.name === name);
    const problem = status
      ? listenerProblem(gateway, status)
      : 'has no status yet';
    if (problem) return `listener "${name}": ${problem}`;
  }
  return undefined;
}

function listenerProblem(
  gateway: KubernetesObject,
  { conditions }: ListenerStatus,
): string | undefined {
  const conflicted = findCondition(conditions, 'Conflicted');
  if (conflicted?.status === 'True') {
    return describeCondition('Conflicted', conflicted);
  }
  // ResolvedRefs first: where a Secret is missing, it says so, and Programmed
  // says no more than "Bad TLS configuration".
  return conditionProblem(gateway, conditions, [
    'ResolvedRefs',
    'Accepted',
    'Programmed',
  ]);
}

function conditionProblem(
  object: KubernetesObject,
  conditions: readonly Condition[] | undefined,
  types: readonly string[],
): string | undefined {
  const bad = types.find(
    type => !holds(findCondition(conditions, type), object),
  );
  return bad && describeCondition(bad, findCondition(conditions, bad), object);
}

export interface RouteAttachedOptions {
  /** Name of the Gateway. */
  readonly gateway: string;
  /** What to say where the route stays without any status. */
  readonly causes: string;
}

/**
 * A route is Accepted by its Gateway, and what it refers to exists. Fails
 * where `status.parents` stays empty: Istio leaves out routes that it does not
 * read, without a word.
 */
export function routeAttached(
  ref: ObjectRef,
  options: RouteAttachedOptions,
): ObjectWait {
  return {
    kind: 'object',
    ref,
    name: `${describeRef(ref)} is attached to the gateway`,
    timeoutMs: 2 * MINUTE_MS,
    remedy: `Look at: ${describeCommand(ref)}`,
    evaluate: (route, waitedMs) => evaluateRoute(ref, route, waitedMs, options),
  };
}

function evaluateRoute(
  ref: ObjectRef,
  route: KubernetesObject | undefined,
  waitedMs: number,
  { gateway, causes }: RouteAttachedOptions,
): WaitState {
  if (!route) {
    return { state: 'waiting', why: `${describeRef(ref)} is not there yet` };
  }
  const parents: RouteParentStatus[] = route.status?.parents ?? [];
  const ours = parents.filter(
    ({ parentRef, controllerName }) =>
      parentRef.name === gateway && controllerName === ISTIO_CONTROLLER,
  );
  if (ours.length === 0) {
    if (waitedMs < ROUTE_STATUS_PATIENCE_MS) {
      return { state: 'waiting', why: 'Istio has written no status yet' };
    }
    return {
      state: 'failed',
      why: `Istio has written no status in ${Math.round(
        waitedMs / 1000,
      )} s, so it does not read this route: ${causes}`,
      remedy: `Bring Istio and the Gateway API to versions that work together, then run this again. Look at: ${describeCommand(
        ref,
      )}`,
    };
  }
  const problem = ours
    .map(({ conditions }) =>
      conditionProblem(route, conditions, ['Accepted', 'ResolvedRefs']),
    )
    .find(text => text !== undefined);
  return problem === undefined
    ? { state: 'done', message: 'Accepted, references resolved' }
    : { state: 'waiting', why: problem };
}
