import type {
  Check,
  CheckResult,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from './results';
import { count, list } from './words';

/** Whether the mesh itself has seen mTLS, and nothing else, reach the database. */
export const meshTraffic: Check = {
  id: 'mesh.traffic',
  title: 'Traffic to the database is under mTLS',
  category: 'mesh',
  reasons: {
    MutualTls:
      'Telemetry shows connections under mutual_tls and none in plaintext.',
    Plaintext:
      'Telemetry shows a connection in plaintext that was taken. Counters go back to the start of ztunnel.',
    NoTraffic: 'Telemetry shows no connection yet, so it proves nothing.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode === 'none') return [];
    if (!facts.telemetry.known)
      return notLooked("The mesh's telemetry", facts.telemetry);
    return seenAt(judge(facts.telemetry.value), facts.telemetry);
  },
};

function judge(samples: readonly TrafficSample[]): CheckResult {
  const taken = samples.filter(
    ({ connectionsOpened, refused }) => connectionsOpened > 0 && !refused,
  );
  const plaintext = taken.filter(
    ({ securityPolicy }) => securityPolicy !== 'mutual_tls',
  );
  const protectedOnes = taken.filter(
    ({ securityPolicy }) => securityPolicy === 'mutual_tls',
  );
  const evidence = {
    mutualTlsConnections: total(protectedOnes),
    plaintextConnections: total(plaintext),
    identities: unique(
      protectedOnes
        .map(({ sourcePrincipal }) => sourcePrincipal)
        .filter(principal => principal !== 'unknown'),
    ),
  };
  if (plaintext.length > 0) return plaintextSeen(plaintext, evidence);
  if (protectedOnes.length === 0) {
    return unknown(
      'NoTraffic',
      'No connection to the database has been seen yet, so mTLS is not proved',
      { text: 'Connect once through the gateway, then check again.' },
      evidence,
    );
  }
  return ok(
    'MutualTls',
    `${count(
      evidence.mutualTlsConnections,
      'connection',
    )} under mTLS, none in plaintext`,
    evidence,
  );
}

function plaintextSeen(
  plaintext: readonly TrafficSample[],
  evidence: CheckResult['evidence'],
): CheckResult {
  const sources = unique(plaintext.map(sourceText));
  const [namespace] = unique(
    plaintext.map(({ sourceNamespace }) => sourceNamespace),
  ).filter(name => name !== 'unknown');
  return failing(
    'Plaintext',
    `${list(sources)} reached the database in plaintext`,
    { ...evidence, sources },
    {
      text: 'Take the source into the mesh. Connections that are over stay counted until ztunnel restarts.',
      ...(namespace && {
        command: `kubectl label namespace ${namespace} istio.io/dataplane-mode=ambient`,
      }),
    },
  );
}

function sourceText({
  sourceWorkload,
  sourceNamespace,
}: TrafficSample): string {
  return sourceWorkload === 'unknown'
    ? 'A source outside of the mesh'
    : `"${sourceNamespace}/${sourceWorkload}"`;
}

/** One connection inside the mesh is counted at both of its ends: the larger count stands. */
function total(samples: readonly TrafficSample[]): number {
  const at = (reporter: TrafficSample['reporter']) =>
    samples
      .filter(sample => sample.reporter === reporter)
      .reduce((sum, { connectionsOpened }) => sum + connectionsOpened, 0);
  return Math.max(at('source'), at('destination'));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
