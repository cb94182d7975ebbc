import {
  compareStatus,
  worstStatus,
  type CertificateSummary,
  type Finding,
  type FindingStatus,
  type NodeSummary,
  type Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Facts,
  KubernetesObject,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../databases/Databases';
import { certificateTimes } from './certificateFacts';
import { isPodReady, podAddresses } from './objects';
import { isUpNormal, nodeStateText } from './ringNodes';
import { topologyOf } from './topology';
import { soundFacts } from './soundFacts';

/** Reasons of warnings that renewing a certificate mends. */
const RENEWAL_REASONS = new Set([
  'RenewalOverdue',
  'ExpiresSoon',
  'IssuingFailed',
]);

/** Puts findings into the form that interfaces show. */
export function toReport(
  database: Pick<StoredDatabase, 'ref' | 'spec' | 'state' | 'simulated'>,
  gathered: Facts,
  findings: readonly Finding[],
): Report {
  const facts = soundFacts(gathered);
  return {
    kubernetesCluster: database.ref.kubernetesCluster,
    namespace: database.ref.namespace,
    name: database.spec.name,
    blueprint: database.spec.blueprint,
    status: worstStatus(findings.map(({ status }) => status)),
    headline: headline(database.state, findings),
    findings: [...findings],
    certificates: certificates(facts),
    nodes: nodeSummaries(facts),
    topology: topologyOf(facts),
    observedAt: facts.gatheredAt.toISOString(),
    ...(database.simulated && { simulated: database.simulated }),
  };
}

function headline(
  state: StoredDatabase['state'],
  findings: readonly Finding[],
): string {
  if (state === 'provisioning') return 'Being created';
  if (state === 'decommissioning') return 'Being decommissioned';
  if (state === 'retained') return 'Decommissioned, its volumes are kept';
  const [worst] = [...findings].sort((a, b) =>
    compareStatus(a.status, b.status),
  );
  if (!worst) return 'Nothing is known';
  if (worst.status === 'ok') return 'Fenced';
  if (worst.status === 'warning' && onlyRenewals(findings)) {
    return 'Fenced, renew soon';
  }
  return worst.summary;
}

function onlyRenewals(findings: readonly Finding[]): boolean {
  return findings
    .filter(({ status }) => status !== 'ok')
    .every(({ reason }) => RENEWAL_REASONS.has(reason));
}

function certificates(facts: Facts): CertificateSummary[] {
  return facts.certificates.map(certificate => {
    const times = certificateTimes(certificate);
    return {
      name: certificate.name,
      purpose: certificate.purpose,
      notBefore: times.notBefore?.toISOString(),
      notAfter: times.notAfter?.toISOString(),
      renewalTime: times.renewalTime?.toISOString(),
    };
  });
}

/** The nodes by name, with what the ring says of each. */
export function nodeSummaries(facts: Facts): NodeSummary[] {
  if (!facts.pods.known) return [];
  return [...facts.pods.value]
    .sort((a, b) =>
      a.metadata.name.localeCompare(b.metadata.name, 'en', { numeric: true }),
    )
    .map(pod => nodeSummary(facts, pod));
}

function nodeSummary(facts: Facts, pod: KubernetesObject): NodeSummary {
  const addresses = podAddresses(pod);
  const base = { name: pod.metadata.name, address: addresses[0] };
  if (!facts.ring.known) {
    return {
      ...base,
      status: 'unknown',
      summary: `The ${topologyOf(facts)} could not be asked: ${facts.ring.why}`,
    };
  }
  const node = facts.ring.value.find(({ address }) =>
    addresses.includes(address),
  );
  if (!node) {
    const status: FindingStatus = isPodReady(pod) ? 'failing' : 'warning';
    return { ...base, status, summary: `not in the ${topologyOf(facts)}` };
  }
  return {
    ...base,
    status: statusOf(node),
    summary: nodeStateText(node.state, topologyOf(facts)),
  };
}

function statusOf(node: RingNode): FindingStatus {
  if (isUpNormal(node)) return 'ok';
  return node.state.startsWith('U') ? 'warning' : 'failing';
}
