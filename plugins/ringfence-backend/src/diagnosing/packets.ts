import type {
  Fact,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { list } from '../checks/words';
import {
  byVerdict,
  failing,
  notLooked,
  ok,
  unknown,
  type Answer,
} from './answers';
import { letsThrough, type Flow, type Pods } from './networkPolicies';
import { agreed, allOf, type Verdict } from '../checks/verdict';

/** Kinds of policies besides NetworkPolicy that may stop packets, by API group. */
const OTHER_POLICIES = [
  'cilium.io',
  'crd.projectcalico.org',
  'projectcalico.org',
  'policy.networking.k8s.io',
  'crd.antrea.io',
];

const OTHER_KINDS =
  /^(Global|Clusterwide|Cilium|Admin|Baseline|Cluster)*NetworkPolicy$/;

/** What is asked about packets at one end. */
export interface PacketQuestion {
  readonly direction: Flow['direction'];
  /** Of the namespace of `pods`. */
  readonly policies: Fact<readonly KubernetesObject[]>;
  readonly pods: readonly Pods[];
  readonly peers: readonly Flow['peer'][];
  /** One of them is used, and which is not known where there are several. */
  readonly ports: readonly number[];
  /** What mends it, where nothing opens the port. */
  readonly remedy: NonNullable<Answer['remedy']>;
  readonly spec?: string;
}

/** Whether the NetworkPolicies at one end let the connection through. */
export function packetsPass(facts: Facts, asked: PacketQuestion): Answer {
  const { policies, direction } = asked;
  const [{ namespace }] = asked.pods;
  const what = `The NetworkPolicies of namespace "${namespace}"`;
  if (!policies.known) return notLooked(what, policies);
  const ports = list(asked.ports.map(String));
  const way = direction === 'Egress' ? 'out to' : 'in on';
  return byVerdict(verdictOf(policies.value, asked), {
    yes: () => beside(facts, ok(`${what} let it ${way} port ${ports}`)),
    no: () =>
      failing(
        `${what} do not let it ${way} port ${ports}`,
        asked.remedy,
        asked.spec,
      ),
    unknown: () =>
      unknown(
        `Whether ${what.replace(
          'The',
          'the',
        )} let it ${way} port ${ports} cannot be told: ${
          asked.pods.concat(asked.peers.filter(isPods)).some(isUnseen)
            ? 'no pod is there whose labels could be compared'
            : 'a rule goes by addresses, or differs between pods or ports'
        }`,
        asked.remedy,
      ),
  });
}

function verdictOf(
  policies: readonly KubernetesObject[],
  { direction, pods, peers, ports }: PacketQuestion,
): Verdict {
  return agreed(
    ports.map(port =>
      // Each pod of the client must reach each of the other side.
      allOf(
        pods.flatMap(one =>
          peers.map(peer =>
            letsThrough(policies, { direction, pods: one, peer, port }),
          ),
        ),
      ),
    ),
  );
}

/** Policies of other kinds are not judged here, so all is not well for sure. */
function beside(facts: Facts, answer: Answer): Answer {
  const apis = facts.platform.known ? facts.platform.value.apis : [];
  const others = apis
    .filter(
      ({ group, kind }) =>
        OTHER_POLICIES.includes(group) && OTHER_KINDS.test(kind),
    )
    .map(({ kind }) => kind);
  return others.length === 0
    ? answer
    : unknown(
        `${answer.summary}; this Kubernetes cluster also has ${list([
          ...new Set(others),
        ])}, which Ringfence does not read`,
      );
}

function isPods(peer: Flow['peer']): peer is Pods {
  return typeof peer !== 'string';
}

function isUnseen({ labels }: Pods): boolean {
  return labels === undefined;
}

/** Where Kubernetes clusters have their name service, by convention. */
const NAME_SERVICE: Pods = {
  namespace: 'kube-system',
  namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
  labels: { 'k8s-app': 'kube-dns' },
};

/** Whether the client may ask for names; ztunnel answers for Services by itself. */
export function namesResolve(
  policies: Fact<readonly KubernetesObject[]>,
  pods: readonly Pods[],
  inAmbient: boolean,
): Answer {
  const [{ namespace }] = pods;
  const what = `the NetworkPolicies of namespace "${namespace}"`;
  if (!policies.known) {
    return notLooked(what.replace('the', 'The'), policies);
  }
  const verdict = allOf(
    pods.map(one =>
      letsThrough(policies.value, {
        direction: 'Egress',
        pods: one,
        peer: NAME_SERVICE,
        port: 53,
        protocol: 'UDP',
      }),
    ),
  );
  const remedy = {
    text: `Let the client's pods out to UDP and TCP port 53 of the name service, in a NetworkPolicy of namespace "${namespace}".`,
    command: `kubectl get networkpolicies -n ${namespace}`,
  };
  const doubt = `Whether ${what} let it ask the name service cannot be told`;
  return byVerdict(verdict, {
    yes: () => ok(`Nothing in ${what} keeps it from asking for names`),
    no: () =>
      inAmbient
        ? unknown(`${doubt}: ztunnel may answer in its place`, remedy)
        : failing(
            `${what.replace(
              'the',
              'The',
            )} do not let it ask the name service in "kube-system"`,
            remedy,
          ),
    unknown: () => unknown(doubt, remedy),
  });
}
