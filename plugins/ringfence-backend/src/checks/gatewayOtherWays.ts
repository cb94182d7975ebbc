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
  warning,
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
    None: 'No Service, no port of a node and no other Gateway leads to the pods past the gateway.',
    ServiceExposed:
      'A Service of type LoadBalancer or NodePort, or with external addresses, leads to the pods past the gateway and its TLS.',
    HostPort:
      "A pod takes a port of its node or its node's whole network: whoever reaches the node reaches the database.",
    RouteElsewhere:
      'A route leads from another Gateway to the pods, past the one of the database and its TLS.',
    Granted:
      'A ReferenceGrant lets routes of another namespace lead to the pods, or Gateways of another namespace serve with a key of the database.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!facts.services.known) return notLooked('The Services', facts.services);
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    const { services, pods, routes, otherRoutes } = facts;
    if (!routes.known) return notLooked('The routes', routes);
    if (!otherRoutes.known) return notLooked('Other routes', otherRoutes);
    const problems = [
      exposedServices(facts),
      hostPorts(facts),
      otherGateways(facts, [...routes.value, ...otherRoutes.value]),
      granted(facts),
    ].filter(result => result !== undefined);
    const results =
      problems.length > 0
        ? problems
        : [ok('None', 'The gateway is the only way in from outside')];
    return results.map(result =>
      seenAt(result, services, pods, routes, otherRoutes),
    );
  },
};

interface GrantedTo {
  readonly kind: string;
  /** Absent: all of that kind. */
  readonly name?: string;
}

function granted(facts: Facts): CheckResult | undefined {
  const { referenceGrants: grants } = facts;
  if (!grants.known) return notLooked('The ReferenceGrants', grants);
  const services = servicesOfPods(facts).map(({ metadata }) => metadata.name);
  const secrets = facts.observation.certificates.map(({ secret }) => secret);
  const named: Readonly<Record<string, readonly string[]>> = {
    Service: services,
    Secret: secrets,
  };
  const open = grants.value.filter(({ spec }) =>
    (spec?.to ?? []).some(({ kind, name }: GrantedTo) =>
      (named[kind] ?? []).some(it => name === undefined || name === it),
    ),
  );
  if (open.length === 0) return undefined;
  const from = open.flatMap(({ spec }) =>
    (spec?.from ?? []).map(
      ({ kind, namespace }: RouteRef) => `${kind} of ${namespace}`,
    ),
  );
  const [{ metadata }] = open;
  return warning(
    'Granted',
    `${list(open.map(objectText))} ${
      open.length === 1 ? 'lets' : 'let'
    } others refer to Services or Secrets of the database`,
    { grants: open.map(objectText), from: [...new Set(from)] },
    {
      text: 'See who made it and what for; if nobody needs it, delete it.',
      command: `kubectl delete referencegrant ${metadata.name} -n ${metadata.namespace}`,
    },
  );
}

function exposedServices(facts: Facts): CheckResult | undefined {
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
      text: 'Take hostPort and hostNetwork out of the pod template: whoever put them there owns them, so that repairing drift leaves them.',
      command: `kubectl edit statefulset ${facts.observation.statefulSet} -n ${facts.database.namespace}`,
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

interface RouteRef {
  readonly name: string;
  readonly namespace?: string;
  /** @default 'Gateway' of a parent, 'Service' of a backend */
  readonly kind?: string;
}

function otherGateways(
  facts: Facts,
  routes: readonly KubernetesObject[],
): CheckResult | undefined {
  const leading = routes
    .filter(route => leadsToPods(facts, route))
    .map(route => ({ route, gateways: foreignParents(facts, route) }))
    .filter(({ gateways }) => gateways.length > 0);
  if (leading.length === 0) return undefined;
  const [{ route }] = leading;
  const names = [...new Set(leading.map(one => objectText(one.route)))];
  return failing(
    'RouteElsewhere',
    `${list(names)} ${names.length === 1 ? 'leads' : 'lead'} from ${list([
      ...new Set(leading.flatMap(({ gateways }) => gateways)),
    ])} to the pods, past the database's own`,
    { routes: names },
    {
      text: 'Delete the route if it is not of Ringfence; if it is, press "Repair drift": that attaches it to its own Gateway alone.',
      command: `kubectl get ${route.kind.toLowerCase()}s.gateway.networking.k8s.io ${
        route.metadata.name
      } -n ${route.metadata.namespace} -o yaml --show-managed-fields`,
    },
  );
}

function leadsToPods(facts: Facts, { spec }: KubernetesObject): boolean {
  const { namespace } = facts.database;
  const names = servicesOfPods(facts).map(({ metadata }) => metadata.name);
  const rules: ReadonlyArray<{ backendRefs?: readonly RouteRef[] }> =
    spec?.rules ?? [];
  return rules
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .some(
      backend =>
        (backend.kind ?? 'Service') === 'Service' &&
        (backend.namespace ?? namespace) === namespace &&
        names.includes(backend.name),
    );
}

function foreignParents(facts: Facts, { spec }: KubernetesObject): string[] {
  const { namespace } = facts.database;
  const name = facts.observation.gateway?.name;
  const parents: readonly RouteRef[] = spec?.parentRefs ?? [];
  return parents
    .filter(parent => (parent.kind ?? 'Gateway') === 'Gateway')
    .filter(
      parent =>
        parent.name !== name || (parent.namespace ?? namespace) !== namespace,
    )
    .map(parent =>
      objectText({
        kind: 'Gateway',
        name: parent.name,
        namespace: parent.namespace ?? namespace,
      }),
    );
}
