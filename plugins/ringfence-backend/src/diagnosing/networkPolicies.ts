import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { Labels } from '../checks/objects';
import { selects, type LabelSelector } from '../checks/selector';
import { allOf, anyOf, is, not, type Verdict } from '../checks/verdict';

/** Pods at one end of a connection. */
export interface Pods {
  readonly namespace: string;
  /** Of the namespace. */
  readonly namespaceLabels?: Labels;
  /** Of one of them; absent where there is none to look at. */
  readonly labels?: Labels;
  /** Port numbers by the names that its containers give them; absent where not known. */
  readonly portNames?: Readonly<Record<string, number>>;
}

/** Someone outside of the Kubernetes cluster, whose address nobody here knows. */
export const OUTSIDE = 'outside';

/** A connection, seen from the pods that the policies select. */
export interface Flow {
  readonly direction: 'Ingress' | 'Egress';
  /** The pods that the policies are for. */
  readonly pods: Pods;
  readonly peer: Pods | typeof OUTSIDE;
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
}

interface Rule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly PolicyPort[];
}

interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: {
    readonly cidr: string;
    readonly except?: readonly string[];
  };
}

interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

/**
 * Whether the NetworkPolicies of the pods' namespace let a connection through.
 * Policies add up: with none for the pods all is open, else one rule that fits
 * is enough.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function letsThrough(
  policies: readonly KubernetesObject[],
  flow: Flow,
): Verdict {
  const applied = policies
    .filter(policy => typesOf(policy).includes(flow.direction))
    .map(policy => ({
      applies: selects(policy.spec?.podSelector ?? {}, flow.pods.labels),
      opens: anyOf(
        rulesOf(policy, flow.direction).map(rule => fits(rule, flow)),
      ),
    }))
    .filter(({ applies }) => applies !== 'no');
  const open = anyOf(
    applied.map(({ applies, opens }) => allOf([applies, opens])),
  );
  const restricted = anyOf(applied.map(({ applies }) => applies));
  return anyOf([not(restricted), open]);
}

/** Absent means Ingress, and Egress where there are rules for it. */
function typesOf({ spec }: KubernetesObject): readonly string[] {
  return spec?.policyTypes ?? ['Ingress', ...(spec?.egress ? ['Egress'] : [])];
}

function rulesOf(
  { spec }: KubernetesObject,
  direction: Flow['direction'],
): readonly Rule[] {
  return (direction === 'Ingress' ? spec?.ingress : spec?.egress) ?? [];
}

function fits(rule: Rule, flow: Flow): Verdict {
  const peers = (flow.direction === 'Ingress' ? rule.from : rule.to) ?? [];
  const ports = rule.ports ?? [];
  return allOf([
    peers.length === 0 ? 'yes' : anyOf(peers.map(peer => isPeer(peer, flow))),
    ports.length === 0 ? 'yes' : anyOf(ports.map(port => isPort(port, flow))),
  ]);
}

function isPeer(
  { podSelector, namespaceSelector, ipBlock }: PolicyPeer,
  { pods, peer }: Flow,
): Verdict {
  if (ipBlock) return isInBlock(ipBlock, peer);
  if (peer === OUTSIDE) return 'no';
  const namespace = namespaceSelector
    ? selects(namespaceSelector, peer.namespaceLabels)
    : is(peer.namespace === pods.namespace);
  return allOf([namespace, selects(podSelector ?? {}, peer.labels)]);
}

/**
 * Blocks are meant for addresses outside: whether a network plugin asks them
 * about pods, and which address of a client from outside is seen, differs.
 */
function isInBlock(
  { cidr, except = [] }: NonNullable<PolicyPeer['ipBlock']>,
  peer: Flow['peer'],
): Verdict {
  const everything = except.length === 0 && /^(0\.0\.0\.0|::)\/0$/.test(cidr);
  return peer === OUTSIDE && everything ? 'yes' : 'unknown';
}

function isPort(
  { protocol = 'TCP', port, endPort }: PolicyPort,
  flow: Flow,
): Verdict {
  if (protocol !== (flow.protocol ?? 'TCP')) return 'no';
  if (port === undefined) return 'yes';
  if (typeof port === 'number') {
    return is(port <= flow.port && flow.port <= (endPort ?? port));
  }
  const listener = flow.direction === 'Ingress' ? flow.pods : flow.peer;
  if (listener === OUTSIDE || !listener.portNames) return 'unknown';
  return is(listener.portNames[port] === flow.port);
}
