import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { objectText, podAddresses, servicesOfPods } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from './results';
import { list } from './words';

/** Types of Service that let in who is outside of the Kubernetes cluster. */
const EXPOSING = ['LoadBalancer', 'NodePort'];
/** Names the Service that an EndpointSlice belongs to. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Whether the gateway is the only way in from outside. */
export const gatewayOtherWays: Check = {
  id: 'gateway.other-ways',
  title: 'There is no other way in',
  category: 'gateway',
  reasons: {
    None: 'No Service and no port of a node leads to the pods past the gateway.',
    ServiceExposed:
      'A Service of type LoadBalancer or NodePort, or with external addresses, leads to the pods past the gateway and its TLS.',
    HostPort:
      "A pod takes a port of its node or its node's whole network: whoever reaches the node reaches the database.",
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!facts.services.known) return notLooked('The Services', facts.services);
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    const problems = [services(facts), hostPorts(facts)].filter(
      result => result !== undefined,
    );
    const results =
      problems.length > 0
        ? problems
        : [ok('None', 'The gateway is the only way in from outside')];
    const { services: seenServices, pods } = facts;
    return results.map(result => seenAt(result, seenServices, pods));
  },
};

function services(facts: Facts): CheckResult | undefined {
  const leading = new Set([...servicesOfPods(facts), ...byAddress(facts)]);
  const exposing = [...leading].filter(
    ({ spec }) =>
      EXPOSING.includes(spec?.type) || (spec?.externalIPs ?? []).length > 0,
  );
  if (exposing.length === 0) return undefined;
  const [first] = exposing;
  return failing(
    'ServiceExposed',
    `${list(exposing.map(objectText))} ${
      exposing.length === 1 ? 'leads' : 'lead'
    } to the pods past the gateway`,
    { services: exposing.map(describe) },
    {
      text: 'Delete it if nobody needs it, or make it a Service of type ClusterIP; clients come in by the gateway.',
      command: `kubectl delete service ${first.metadata.name} -n ${facts.database.namespace}`,
    },
  );
}

/** A Service without a selector leads where somebody's EndpointSlice says. */
function byAddress({ services: all, pods, endpointSlices }: Facts) {
  if (!all.known || !pods.known || !endpointSlices.known) return [];
  const own = new Set(pods.value.flatMap(podAddresses));
  const names = endpointSlices.value
    .filter(slice => addressesOf(slice).some(address => own.has(address)))
    .map(({ metadata }) => metadata.labels?.[SERVICE_LABEL]);
  return all.value.filter(({ metadata }) => names.includes(metadata.name));
}

function addressesOf(slice: KubernetesObject): string[] {
  const endpoints: ReadonlyArray<{ addresses: string[] }> =
    slice.endpoints ?? [];
  return endpoints.flatMap(({ addresses }) => addresses);
}

function describe({ metadata, spec }: KubernetesObject): string {
  const ports: ReadonlyArray<{ port: number; nodePort?: number }> =
    spec?.ports ?? [];
  const numbers = ports.map(({ port, nodePort }) =>
    nodePort ? `${port} (on nodes ${nodePort})` : String(port),
  );
  return `${metadata.name}: ${spec?.type ?? 'ClusterIP'}, ports ${list(
    numbers,
  )}`;
}

function hostPorts(facts: Facts): CheckResult | undefined {
  const pods = (facts.pods.known ? facts.pods.value : []).filter(takesHostPort);
  if (pods.length === 0) return undefined;
  const names = pods.map(({ metadata }) => metadata.name);
  return failing(
    'HostPort',
    `${list(names)} ${
      names.length === 1 ? 'takes' : 'take'
    } ports of the node, past the gateway`,
    { pods: names },
    {
      text: 'Provision the database again with the same spec: its pods take no port of a node.',
      command: `kubectl get statefulset ${facts.observation.statefulSet} -n ${facts.database.namespace} -o yaml`,
    },
  );
}

function takesHostPort({ spec }: KubernetesObject): boolean {
  const containers: ReadonlyArray<{ ports?: { hostPort?: number }[] }> = [
    ...(spec?.containers ?? []),
    // Some of these go on running beside the others.
    ...(spec?.initContainers ?? []),
  ];
  return (
    spec?.hostNetwork === true ||
    containers.some(({ ports = [] }) => ports.some(({ hostPort }) => hostPort))
  );
}
