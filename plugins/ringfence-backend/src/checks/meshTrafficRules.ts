import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { portsOf } from './authorizationRules';
import {
  isPartOfDatabase,
  objectText,
  podAddresses,
  selectsSomePods,
  servicesOfPods,
} from './objects';
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

/** Modes of TLS to a destination with which the mesh's own mTLS ends. */
const NOT_MUTUAL = ['DISABLE', 'SIMPLE', 'MUTUAL'];

/** Whether rules that someone left behind bend the traffic to the database. */
export const meshTrafficRules: Check = {
  id: 'mesh.traffic-rules',
  title: 'No rule bends the traffic to the database',
  category: 'mesh',
  reasons: {
    None: 'No ServiceEntry, VirtualService, DestinationRule or Sidecar of somebody else touches the database.',
    DisablesMutualTls:
      "A DestinationRule, of the namespace or of the whole mesh, sets a TLS mode for the database that is not the mesh's own: clients that follow it come without its mTLS.",
    OpensIngress:
      "A Sidecar of Istio's has the pods' proxies take connections on a port of the database past the mesh, or with another TLS than the mesh's.",
    LeftOver:
      'A ServiceEntry, VirtualService, DestinationRule or Sidecar names the database: old guides need them, today they send traffic where it should not go.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode === 'none') return [];
    if (!facts.trafficRules.known) {
      return notLooked(
        'ServiceEntries, VirtualServices, DestinationRules and Sidecars',
        facts.trafficRules,
      );
    }
    const touching = facts.trafficRules.value.filter(rule =>
      touches(facts, rule),
    );
    return seenAt(judge(facts, touching), facts.trafficRules);
  },
};

function judge(
  facts: Facts,
  touching: readonly KubernetesObject[],
): CheckResult {
  const open = touching.filter(endsMutualTls);
  const bent = touching.filter(rule => opensIngress(facts, rule));
  const leftOver = touching.filter(rule => !isPartOfDatabase(rule));
  const evidence = { rules: touching.map(objectText) };
  if (open.length > 0) {
    return failing(
      'DisablesMutualTls',
      `${list(
        open.map(objectText),
      )} takes mTLS away on the way to the database`,
      { ...evidence, modes: open.flatMap(tlsModes) },
      deletion(open[0]),
    );
  }
  if (bent.length > 0) {
    return failing(
      'OpensIngress',
      `${list(
        bent.map(objectText),
      )} has the pods take connections past the mesh`,
      evidence,
      deletion(bent[0]),
    );
  }
  if (leftOver.length > 0) {
    return warning(
      'LeftOver',
      `${list(leftOver.map(objectText))} ${
        leftOver.length === 1 ? 'bends' : 'bend'
      } the traffic to the database`,
      evidence,
      deletion(leftOver[0]),
    );
  }
  return ok('None', 'No rule of somebody else touches the database', evidence);
}

function deletion({ kind, apiVersion, metadata }: KubernetesObject) {
  const [group] = apiVersion.split('/');
  const plural = kind.replace(/y$/, 'ie').toLowerCase();
  return {
    text: 'See who made it and what for; if nobody needs it, delete it.',
    command: `kubectl delete ${plural}s.${group} ${metadata.name} -n ${metadata.namespace}`,
  };
}

function touches(facts: Facts, rule: KubernetesObject): boolean {
  // What holds for every workload of the mesh is nobody's left-over.
  const isOfMesh = rule.metadata.namespace !== facts.database.namespace;
  if (isOfMesh && !endsMutualTls(rule) && !opensIngress(facts, rule)) {
    return false;
  }
  if (rule.kind === 'Sidecar') return isForPods(facts, rule);
  const hosts: readonly string[] = [
    ...(rule.spec?.hosts ?? []),
    ...(rule.spec?.host ? [rule.spec.host] : []),
    ...destinationsOf(rule),
  ];
  return (
    hosts.some(host => namesDatabase(facts, rule, host)) ||
    holdsPods(facts, rule)
  );
}

/** Where a VirtualService sends what it takes in, by whatever name that comes. */
function destinationsOf({ kind, spec }: KubernetesObject): string[] {
  if (kind !== 'VirtualService') return [];
  const rules: ReadonlyArray<{
    route?: ReadonlyArray<{ destination?: { host?: string } }>;
  }> = [...(spec?.tcp ?? []), ...(spec?.tls ?? []), ...(spec?.http ?? [])];
  return rules
    .flatMap(({ route = [] }) => route)
    .flatMap(({ destination }) => destination?.host ?? []);
}

/** Only the pods' own proxies read it, and in ambient mode they have none. */
function isForPods(facts: Facts, { spec }: KubernetesObject): boolean {
  return (
    facts.observation.meshMode === 'sidecar' &&
    selectsSomePods(facts, spec?.workloadSelector?.labels ?? {})
  );
}

/** What a Sidecar says of connections that come in. @see https://istio.io/latest/docs/reference/config/networking/sidecar/ */
interface IngressListener {
  readonly port?: { readonly number?: number };
  readonly captureMode?: string;
  readonly tls?: object;
}

function opensIngress(facts: Facts, rule: KubernetesObject): boolean {
  if (rule.kind !== 'Sidecar' || !isForPods(facts, rule)) return false;
  const listeners: readonly IngressListener[] = rule.spec?.ingress ?? [];
  return listeners.some(
    ({ port, captureMode, tls }) =>
      (port?.number === undefined || portsOf(facts).includes(port.number)) &&
      (captureMode === 'NONE' || tls !== undefined),
  );
}

/** A short host name means a Service of the rule's own namespace; `*` may stand for what comes before. */
function namesDatabase(
  facts: Facts,
  { metadata }: KubernetesObject,
  host: string,
): boolean {
  const home = metadata.namespace ?? facts.database.namespace;
  const full = host.includes('.') || host === '*' ? host : `${host}.${home}`;
  return databaseHosts(facts).some(name =>
    full.startsWith('*') ? name.endsWith(full.slice(1)) : name === full,
  );
}

/** Every way to write the names under which clients find the pods. */
function databaseHosts(facts: Facts): string[] {
  const { namespace } = facts.database;
  const services = servicesOfPods(facts).map(({ metadata }) => metadata.name);
  const known =
    services.length > 0 ? services : [facts.observation.statefulSet];
  return known.flatMap(name =>
    ['', '.svc', '.svc.cluster.local'].map(
      suffix => `${name}.${namespace}${suffix}`,
    ),
  );
}

/** A ServiceEntry may take in pods by their labels or addresses, whatever host it names. */
function holdsPods(facts: Facts, { spec }: KubernetesObject): boolean {
  const labels = spec?.workloadSelector?.labels;
  if (labels && selectsSomePods(facts, labels)) return true;
  const own = facts.pods.known ? facts.pods.value.flatMap(podAddresses) : [];
  const named: readonly (string | undefined)[] = [
    ...(spec?.addresses ?? []),
    ...(spec?.endpoints ?? []).map(
      ({ address }: { address?: string }) => address,
    ),
  ];
  return named.some(address => address && own.includes(address));
}

/** A traffic policy of a DestinationRule. @see https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
interface TrafficPolicy {
  readonly tls?: { readonly mode?: string };
  readonly portLevelSettings?: readonly TrafficPolicy[];
}

function endsMutualTls(rule: KubernetesObject): boolean {
  return tlsModes(rule).some(mode => NOT_MUTUAL.includes(mode));
}

function tlsModes({ spec }: KubernetesObject): string[] {
  const subsets: readonly { trafficPolicy?: TrafficPolicy }[] =
    spec?.subsets ?? [];
  const policies: readonly (TrafficPolicy | undefined)[] = [
    spec?.trafficPolicy,
    ...subsets.map(({ trafficPolicy }) => trafficPolicy),
  ];
  return policies
    .flatMap(policy => [policy, ...(policy?.portLevelSettings ?? [])])
    .flatMap(policy => (policy?.tls?.mode ? [policy.tls.mode] : []));
}
