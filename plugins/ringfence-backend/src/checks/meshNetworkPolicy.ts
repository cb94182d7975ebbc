import {
  HBONE_PORT,
  type Check,
  type CheckResult,
  type Facts,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { objectText, selectsSomePods } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from './results';
import { list } from './words';

/** Whether the NetworkPolicies leave the mesh a way to the pods. */
export const meshNetworkPolicy: Check = {
  id: 'mesh.network-policy',
  title: 'No NetworkPolicy cuts the mesh off',
  category: 'mesh',
  reasons: {
    Passes: 'No NetworkPolicy of the pods closes a port that the mesh needs.',
    Blocked:
      'A NetworkPolicy closes a port that the mesh needs: in ambient mode 15008, by which all traffic between pods of the mesh arrives, with sidecars the ports of the database.',
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
function restricts(facts: Facts, { spec }: KubernetesObject): boolean {
  const types: readonly string[] = spec?.policyTypes ?? ['Ingress'];
  return (
    types.includes('Ingress') &&
    selectsSomePods(facts, spec?.podSelector?.matchLabels ?? {})
  );
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

function neededPorts({ observation }: Facts): number[] {
  if (observation.meshMode === 'ambient') return [HBONE_PORT];
  return [observation.clientPort, ...(observation.ringPorts ?? [])];
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
      ports.length === 0 || ports.some(entry => isFor(facts, entry, port)),
  );
}

function isFor(
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
