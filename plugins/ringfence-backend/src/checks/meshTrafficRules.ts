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
import { hostsOf, namespacesReached } from './reach';
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
    ReachesIn:
      'A ServiceEntry, VirtualService or DestinationRule of another namespace names the database: who follows it is sent elsewhere, or comes another way than by the gateway.',
    Waypoint:
      'Label istio.io/use-waypoint, on the namespace, a Service or a pod, sends traffic through a proxy in between: the database sees its identity in place of the client’s.',
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
    const waypoint = waypointUsed(facts);
    const rules = judge(facts, touching);
    const results =
      waypoint && rules.status === 'ok' ? [waypoint] : [rules, waypoint ?? []];
    return results.flat().map(result => seenAt(result, facts.trafficRules));
  },
};

/** Whose traffic goes through which waypoint; `none` takes it off again. */
const WAYPOINT_LABEL = 'istio.io/use-waypoint';

function waypointUsed(facts: Facts): CheckResult | undefined {
  // A client's sidecar sends it past any waypoint of the database's.
  if (facts.observation.meshMode !== 'ambient') return undefined;
  const { namespace, pods } = facts;
  const labelled = [
    ...(namespace.known && namespace.value ? [namespace.value] : []),
    ...servicesOfPods(facts),
    ...(pods.known ? pods.value : []),
  ].filter(({ metadata }) => {
    const name = metadata.labels?.[WAYPOINT_LABEL];
    return name !== undefined && name !== 'none';
  });
  if (labelled.length === 0) return undefined;
  const [{ kind, metadata }] = labelled;
  const where = metadata.namespace ? ` -n ${metadata.namespace}` : '';
  return warning(
    'Waypoint',
    `${list(labelled.map(objectText))} ${
      labelled.length === 1 ? 'sends' : 'send'
    } traffic to the database through a waypoint`,
    {
      waypoints: labelled.map(
        object =>
          `${objectText(object)}: ${object.metadata.labels?.[WAYPOINT_LABEL]}`,
      ),
    },
    {
      text: 'See who wants it and what for. Without it, ztunnel alone decides who comes in.',
      command: `kubectl label ${kind.toLowerCase()} ${
        metadata.name
      }${where} ${WAYPOINT_LABEL}-`,
    },
  );
}

function judge(
  facts: Facts,
  touching: readonly KubernetesObject[],
): CheckResult {
  const elsewhere = touching.filter(rule => isElsewhere(facts, rule));
  const here = touching.filter(rule => !elsewhere.includes(rule));
  const open = here.filter(endsMutualTls);
  const bent = here.filter(rule => opensIngress(facts, rule));
  const leftOver = here.filter(rule => !isPartOfDatabase(rule));
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
  if (elsewhere.length > 0) {
    return warning(
      'ReachesIn',
      `${list(elsewhere.map(objectText))} ${
        elsewhere.length === 1 ? 'reaches' : 'reach'
      } in from another namespace`,
      evidence,
      deletion(elsewhere[0]),
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
  const isOfMesh =
    rule.metadata.namespace !== facts.database.namespace &&
    !isElsewhere(facts, rule);
  if (isOfMesh && !endsMutualTls(rule) && !opensIngress(facts, rule)) {
    return false;
  }
  if (rule.kind === 'Sidecar') return isForPods(facts, rule);
  return (
    hostsOf(rule).some(host => namesDatabase(facts, rule, host)) ||
    holdsPods(facts, rule)
  );
}

/** Whether it names this namespace from another one, for whoever follows it there. */
function isElsewhere(facts: Facts, rule: KubernetesObject): boolean {
  const { namespace } = rule.metadata;
  const { platform, database } = facts;
  const root = platform.known ? platform.value.istio?.rootNamespace : undefined;
  const isOfRoot = namespace === (root ?? 'istio-system');
  return (
    namespace !== database.namespace &&
    (!isOfRoot || rule.kind !== 'DestinationRule') &&
    namespacesReached(rule).includes(database.namespace)
  );
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
