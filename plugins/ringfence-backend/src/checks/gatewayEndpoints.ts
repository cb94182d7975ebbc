import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { count } from './words';

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
    NotAllPods:
      'A ready pod is not behind the Service that the route leads to, for instance because it lacks a label of the selector.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none') return [];
    // Where there is no route, gateway.route says so.
    if (!facts.routes.known) return [];
    const { endpointSlices } = facts;
    if (!endpointSlices.known) {
      return notLooked('The EndpointSlices', endpointSlices);
    }
    return backendsOf(facts.routes.value).map(service =>
      seenAt(judge(facts, service, endpointSlices.value), endpointSlices),
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
  const addresses = readyAddresses(service, slices);
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

/** `ready` that is absent means yes. */
function readyAddresses(
  service: string,
  slices: readonly KubernetesObject[],
): string[] {
  const endpoints: ReadonlyArray<{
    addresses: string[];
    conditions?: { ready?: boolean | null };
  }> = slices
    .filter(({ metadata }) => metadata.labels?.[SERVICE_LABEL] === service)
    // Each family of addresses has slices of its own: one counts.
    .filter(
      ({ addressType = 'IPv4' }, _index, all) =>
        addressType === (all[0].addressType ?? 'IPv4'),
    )
    .flatMap(slice => slice.endpoints ?? []);
  return endpoints
    .filter(({ conditions }) => conditions?.ready ?? true)
    .map(({ addresses: [first] }) => first)
    .filter(Boolean);
}
