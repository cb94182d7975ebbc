import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady, podAddresses } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { count, list } from './words';

/** Names the Service that an EndpointSlice belongs to. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Whether the Services that the routes lead to have pods behind them. */
export const gatewayEndpoints: Check = {
  id: 'gateway.endpoints',
  title: 'Pods stand behind the route',
  category: 'gateway',
  reasons: {
    Ready: 'Every ready pod is behind the Service that the route leads to.',
    NoEndpoints:
      'No ready pod is behind the Service that the route leads to: connections end at the gateway.',
    ForeignEndpoint:
      'The Service that the route leads to has an address behind it that is of none of the pods: clients are handed to it, and log in there.',
    NotAllPods:
      'A ready pod is not behind the Service that the route leads to, for instance because it lacks a label of the selector.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none' || !facts.access.gateway) return [];
    // Where there is no route, gateway.route says so.
    if (!facts.routes.known) return [];
    const { endpointSlices } = facts;
    if (!endpointSlices.known) {
      return notLooked('The EndpointSlices', endpointSlices);
    }
    return backendsOf(facts.routes.value).map(service =>
      seenAt(
        judge(facts, service, endpointSlices.value),
        endpointSlices,
        facts.pods,
      ),
    );
  },
};

/** A part of a route that names what it leads to. */
interface RouteRule {
  readonly backendRefs?: ReadonlyArray<{
    readonly kind?: string;
    readonly name: string;
  }>;
}

function backendsOf(routes: readonly KubernetesObject[]): string[] {
  const rules: readonly RouteRule[] = routes.flatMap(
    ({ spec }) => spec?.rules ?? [],
  );
  const names = rules.flatMap(({ backendRefs = [] }) =>
    backendRefs
      .filter(({ kind = 'Service' }) => kind === 'Service')
      .map(({ name }) => name),
  );
  return [...new Set(names)];
}

function judge(
  facts: Facts,
  service: string,
  slices: readonly KubernetesObject[],
): CheckResult {
  const { namespace } = facts.database;
  const behind = slicesOf(service, slices);
  const addresses = readyAddresses(ofOneFamily(behind));
  const pods = facts.pods.known ? facts.pods.value.filter(isPodReady) : [];
  const evidence = { service, endpoints: addresses, readyPods: pods.length };
  const command = `kubectl get endpointslices -n ${namespace} -l ${SERVICE_LABEL}=${service}`;
  if (addresses.length === 0) {
    return failing(
      'NoEndpoints',
      `Service "${namespace}/${service}" has no ready pod behind it`,
      evidence,
      {
        text: "See whether the pods are ready (ring.pods says so) and carry the labels of the Service's selector.",
        command,
      },
    );
  }
  const foreign = foreignAddresses(facts, behind);
  if (foreign.length > 0) {
    return failing(
      'ForeignEndpoint',
      `Service "${namespace}/${service}" leads to ${list(
        foreign,
      )}, which is of none of the database's pods`,
      { ...evidence, foreign },
      {
        text: "See which pod has that address and who made it: one with the labels of the Service's selector, or an EndpointSlice of somebody else.",
        command,
      },
    );
  }
  if (addresses.length < pods.length) {
    return warning(
      'NotAllPods',
      `Service "${namespace}/${service}" leads to ${
        addresses.length
      } of ${count(pods.length, 'ready pod')}`,
      evidence,
      {
        text: "Compare the labels of the pods with the Service's selector, if this lasts longer than a minute.",
        command: `kubectl get pods -n ${namespace} --show-labels`,
      },
    );
  }
  return ok(
    'Ready',
    `Service "${namespace}/${service}" leads to ${count(
      addresses.length,
      'pod',
    )}`,
    evidence,
  );
}

/** Of every family: each one is dialled. */
function foreignAddresses(
  { pods }: Facts,
  slices: readonly KubernetesObject[],
): string[] {
  if (!pods.known) return [];
  const own = new Set(pods.value.flatMap(podAddresses));
  const all = new Set(readyAddresses(slices));
  return [...all].filter(address => !own.has(address));
}

function slicesOf(
  service: string,
  slices: readonly KubernetesObject[],
): KubernetesObject[] {
  return slices.filter(
    ({ metadata }) => metadata.labels?.[SERVICE_LABEL] === service,
  );
}

/** Each family of addresses has slices of its own: one counts. */
function ofOneFamily(slices: readonly KubernetesObject[]): KubernetesObject[] {
  const familyOf = ({ addressType = 'IPv4' }: KubernetesObject) => addressType;
  return slices.filter(slice => familyOf(slice) === familyOf(slices[0]));
}

/** `ready` that is absent means yes. */
function readyAddresses(slices: readonly KubernetesObject[]): string[] {
  const endpoints: ReadonlyArray<{
    addresses: string[];
    conditions?: { ready?: boolean | null };
  }> = slices.flatMap(slice => slice.endpoints ?? []);
  return endpoints
    .filter(({ conditions }) => conditions?.ready ?? true)
    .map(({ addresses: [first] }) => first)
    .filter(Boolean);
}
