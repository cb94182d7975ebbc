import {
  HBONE_PORT,
  type Check,
  type CheckResult,
  type Facts,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { portsOf } from './authorizationRules';
import {
  isPartOfDatabase,
  objectText,
  podLabelsOf,
  type Labels,
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
import { selects, type LabelSelector } from './selector';
import { list } from './words';

/** Whether the NetworkPolicies leave the mesh a way to the pods. */
export const meshNetworkPolicy: Check = {
  id: 'mesh.network-policy',
  title: 'NetworkPolicies let in the mesh, and no more',
  category: 'mesh',
  reasons: {
    Passes: 'No NetworkPolicy of the pods closes a port that the mesh needs.',
    Blocked:
      'A NetworkPolicy closes a port that the mesh needs: in ambient mode 15008, by which all traffic between pods of the mesh arrives, with sidecars the ports of the database.',
    Opens:
      "A policy that is not of Ringfence lets anybody's packets in to a port of the database: policies add up. The mesh still asks who it is.",
    OnlyFence:
      'The spec says strictMtls: false, so that the NetworkPolicies alone say who may come in plaintext; and there is none for a pod, or one that lets anybody in.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode === 'none') return [];
    if (!facts.networkPolicies.known) {
      return notLooked('The NetworkPolicies', facts.networkPolicies);
    }
    const policies = facts.networkPolicies.value.filter(policy =>
      restricts(facts, policy),
    );
    return seenAt(judge(facts, policies), facts.networkPolicies);
  },
};

/** `policyTypes` that is absent means Ingress. */
function restricts(facts: Facts, policy: KubernetesObject): boolean {
  const types: readonly string[] = policy.spec?.policyTypes ?? ['Ingress'];
  return (
    types.includes('Ingress') &&
    podLabelsOf(facts).some(labels => isFor(policy, labels))
  );
}

/** Of an operator that is not understood, nobody knows: it may. */
function isFor({ spec }: KubernetesObject, labels: Labels): boolean {
  return selects(spec?.podSelector ?? {}, labels) !== 'no';
}

function judge(
  facts: Facts,
  policies: readonly KubernetesObject[],
): CheckResult {
  const names = policies.map(objectText);
  // Policies add up: what one of them opens is open.
  const closed =
    policies.length === 0
      ? []
      : neededPorts(facts).filter(
          port => !policies.some(policy => opens(facts, policy, port)),
        );
  const evidence = { policies: names, closed: closed.map(String) };
  if (closed.length === 0) {
    const opened = openedResult(facts, policies);
    if (opened) return opened;
    return ok(
      'Passes',
      'No NetworkPolicy closes a port that the mesh needs',
      evidence,
    );
  }
  return failing(
    'Blocked',
    `${list(names)} ${names.length === 1 ? 'closes' : 'close'} port ${list(
      closed.map(String),
    )}, which the mesh needs`,
    evidence,
    {
      text: `Open TCP port ${list(
        closed.map(String),
      )} in it; who may connect is for the AuthorizationPolicy to say.`,
      command: `kubectl edit networkpolicy ${policies[0].metadata.name} -n ${facts.database.namespace}`,
    },
  );
}

function neededPorts(facts: Facts): number[] {
  if (facts.observation.meshMode === 'ambient') return [HBONE_PORT];
  return portsOf(facts);
}

/** Packets are the mesh's to judge, unless the spec has it take plaintext. */
function openedResult(
  facts: Facts,
  policies: readonly KubernetesObject[],
): CheckResult | undefined {
  const open = policies.filter(policy =>
    portsOf(facts).some(port => letsAnybodyIn(facts, policy, port)),
  );
  const foreign = open.filter(policy => !isOwn(facts, policy));
  const uncovered = podLabelsOf(facts).some(
    labels => !policies.some(policy => isFor(policy, labels)),
  );
  const { namespace } = facts.database;
  const names = open.map(objectText);
  const evidence = { policies: policies.map(objectText), open: names };
  if (!strictMtlsAsked(facts) && (uncovered || open.length > 0)) {
    return failing(
      'OnlyFence',
      uncovered
        ? 'No NetworkPolicy is for every pod, and the mesh takes plaintext: whoever reaches a pod may connect'
        : `${list(names)} lets anybody in, and the mesh takes plaintext`,
      evidence,
      {
        text: 'Press "Repair drift": that puts its NetworkPolicy back. Delete the policy that lets anybody in, if it is not of Ringfence.',
        command: `kubectl get networkpolicies -n ${namespace} -o yaml`,
      },
    );
  }
  if (foreign.length === 0) return undefined;
  return warning(
    'Opens',
    `${list(foreign.map(objectText))} ${
      foreign.length === 1 ? 'lets' : 'let'
    } anybody's packets in, which only the mesh stops now`,
    evidence,
    {
      text: 'See who made it and what for; if nobody needs it, delete it.',
      command: `kubectl delete networkpolicy ${foreign[0].metadata.name} -n ${namespace}`,
    },
  );
}

/** Absent in a spec means yes, as in the blueprints. */
function strictMtlsAsked(facts: Facts): boolean {
  return (facts.spec as { strictMtls?: boolean }).strictMtls !== false;
}

function isOwn({ observation }: Facts, policy: KubernetesObject): boolean {
  return (
    policy.metadata.name === observation.statefulSet || isPartOfDatabase(policy)
  );
}

interface PolicyPeer {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string };
}

function letsAnybodyIn(
  facts: Facts,
  { spec }: KubernetesObject,
  port: number,
): boolean {
  const rules: ReadonlyArray<{
    from?: readonly PolicyPeer[];
    ports?: readonly PolicyPort[];
  }> = spec?.ingress ?? [];
  return rules.some(
    ({ from = [], ports = [] }) =>
      (from.length === 0 || from.some(isAnybody)) &&
      (ports.length === 0 ||
        ports.some(entry => isForPort(facts, entry, port))),
  );
}

/** All pods of all namespaces, or every address. */
function isAnybody({
  namespaceSelector,
  podSelector = {},
  ipBlock,
}: PolicyPeer): boolean {
  if (ipBlock) return /\/0$/.test(ipBlock.cidr);
  return (
    namespaceSelector !== undefined &&
    isEmpty(namespaceSelector) &&
    isEmpty(podSelector)
  );
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector) {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

function opens(
  facts: Facts,
  { spec }: KubernetesObject,
  port: number,
): boolean {
  const rules: ReadonlyArray<{ ports?: readonly PolicyPort[] }> =
    spec?.ingress ?? [];
  // A rule without ports is one for all of them.
  return rules.some(
    ({ ports = [] }) =>
      ports.length === 0 || ports.some(entry => isForPort(facts, entry, port)),
  );
}

function isForPort(
  facts: Facts,
  { protocol = 'TCP', port, endPort }: PolicyPort,
  wanted: number,
): boolean {
  if (protocol !== 'TCP') return false;
  if (port === undefined) return true;
  const first = typeof port === 'number' ? port : portNamed(facts, port);
  if (first === undefined) return false;
  return first <= wanted && wanted <= (endPort ?? first);
}

/** The number of a port that a policy calls by its name in the pods. */
function portNamed({ pods }: Facts, name: string): number | undefined {
  const containers: ReadonlyArray<{
    ports?: { name?: string; containerPort?: number }[];
  }> = pods.known
    ? pods.value.flatMap(({ spec }) => spec?.containers ?? [])
    : [];
  return containers
    .flatMap(({ ports = [] }) => ports)
    .find(port => port.name === name)?.containerPort;
}
