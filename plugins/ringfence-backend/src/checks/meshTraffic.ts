import type {
  Check,
  CheckResult,
  Facts,
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
  warning,
} from './results';
import {
  isOfRing,
  isScrape,
  sortTraffic,
  windowSeconds,
  type Traffic,
} from './trafficRows';
import { count, durationText, list } from './words';

/** Whether the mesh itself has seen mTLS, and nothing else, reach the database. */
export const meshTraffic: Check = {
  id: 'mesh.traffic',
  title: 'Traffic to the database is under mTLS',
  category: 'mesh',
  reasons: {
    MutualTls:
      'Telemetry shows connections under mutual_tls and none in plaintext.',
    MutualTlsOfClients:
      'Clients come under mutual_tls and none in plaintext. No connection between the nodes has been seen since telemetry began, so of those mesh.strict alone speaks.',
    PlaintextBefore:
      'Telemetry counts plaintext from earlier, and none came between its last two readings. The count stays until ztunnel or the sidecar restarts.',
    Plaintext:
      'Telemetry shows a connection in plaintext that was taken: ztunnel calls it unknown, a sidecar none.',
    PlaintextScrapes:
      'The spec says monitoring.outsideMesh: true, and plaintext comes from the namespace that may scrape. Telemetry names no port: that only the one for metrics takes plaintext, mesh.strict says.',
    NoTraffic: 'Telemetry shows no connection yet, so it proves nothing.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode === 'none') return [];
    if (!facts.telemetry.known)
      return notLooked("The mesh's telemetry", facts.telemetry);
    const traffic = sortTraffic(facts, facts.telemetry.value);
    return seenAt(judge(facts, traffic), facts.telemetry);
  },
};

function judge(facts: Facts, traffic: Traffic): CheckResult {
  const { protectedRows, plaintext, plaintextBefore } = traffic;
  const evidence = evidenceOf(facts, traffic);
  const scrapes = plaintext.filter(sample => isScrape(facts, sample));
  if (plaintext.length > scrapes.length) {
    return plaintextSeen(facts, traffic, evidence);
  }
  if (protectedRows.length === 0) {
    return unknown(
      'NoTraffic',
      'No connection to the database has been seen under mTLS yet, so it is not proved',
      { text: 'Connect once through the gateway, then run the probes again.' },
      evidence,
    );
  }
  if (scrapes.length > 0) return scrapesSeen(scrapes, evidence);
  const proved = `${count(
    evidence.mutualTlsConnections,
    'connection',
  )} under mTLS`;
  if (plaintextBefore.length === 0) {
    return lacksRing(facts, protectedRows)
      ? ok(
          'MutualTlsOfClients',
          `${proved}, none in plaintext; between the nodes none was seen yet`,
          evidence,
        )
      : ok('MutualTls', `${proved}, none in plaintext`, evidence);
  }
  const before = total(plaintextBefore);
  return ok(
    'PlaintextBefore',
    `${proved}, none in plaintext in the last ${quietText(
      plaintextBefore,
    )}; before that ${count(before, 'connection')} in plaintext, of ${list(
      unique(plaintextBefore.map(sourceText)),
    )}`,
    evidence,
  );
}

function evidenceOf(facts: Facts, traffic: Traffic) {
  const { protectedRows, plaintext, plaintextBefore } = traffic;
  const ring = protectedRows.filter(sample => isOfRing(facts, sample));
  const seconds = windowSeconds([...protectedRows, ...plaintext]);
  return {
    mutualTlsConnections: total(protectedRows),
    plaintextConnections: total([...plaintext, ...plaintextBefore]),
    connectionsBetweenNodes: total(ring),
    ...(seconds !== undefined && {
      recentSeconds: seconds,
      recentMutualTlsConnections: total(protectedRows, recentConnections),
      recentPlaintextConnections: total(plaintext, recentConnections),
    }),
    identities: unique(
      protectedRows
        .map(({ sourcePrincipal }) => sourcePrincipal)
        .filter(principal => principal !== 'unknown'),
    ),
  };
}

/** Only asked where the blueprint says on which ports the nodes meet. */
function lacksRing(facts: Facts, rows: readonly TrafficSample[]): boolean {
  const { ringPorts = [], replicas } = facts.observation;
  if (ringPorts.length === 0 || replicas < 2) return false;
  return !rows.some(sample => isOfRing(facts, sample));
}

function plaintextSeen(
  facts: Facts,
  { plaintext, plaintextBefore }: Traffic,
  evidence: CheckResult['evidence'],
): CheckResult {
  const sources = unique(plaintext.map(sourceText));
  const [namespace] = unique(
    plaintext.map(({ sourceNamespace }) => sourceNamespace),
  ).filter(name => name !== 'unknown');
  const label =
    facts.observation.meshMode === 'sidecar'
      ? 'istio-injection=enabled'
      : 'istio.io/dataplane-mode=ambient';
  return failing(
    'Plaintext',
    `${list(sources)} reached the database in plaintext`,
    {
      ...evidence,
      sources,
      ...(plaintextBefore.length > 0 && {
        sourcesBefore: unique(plaintextBefore.map(sourceText)),
      }),
    },
    {
      text: 'Take the source into the mesh, and see that mesh.strict is ok. A connection that is over counts until telemetry has been read twice without another.',
      ...(namespace && {
        command: `kubectl label namespace ${namespace} ${label}`,
      }),
    },
  );
}

function scrapesSeen(
  scrapes: readonly TrafficSample[],
  evidence: CheckResult['evidence'],
): CheckResult {
  const sources = unique(scrapes.map(sourceText));
  return warning(
    'PlaintextScrapes',
    `${list(sources)} comes in plaintext, as monitoring.outsideMesh asks`,
    { ...evidence, sources },
    {
      text: 'Take Prometheus into the mesh, then leave monitoring.outsideMesh out of the spec and provision again. Until then mesh.strict says whether any other port takes plaintext.',
    },
  );
}

function quietText(rows: readonly TrafficSample[]): string {
  return durationText((windowSeconds(rows) ?? 0) * 1000);
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
function total(
  samples: readonly TrafficSample[],
  countOf = ({ connectionsOpened }: TrafficSample) => connectionsOpened,
): number {
  const at = (reporter: TrafficSample['reporter']) =>
    samples
      .filter(sample => sample.reporter === reporter)
      .reduce((sum, sample) => sum + countOf(sample), 0);
  return Math.max(at('source'), at('destination'));
}

function recentConnections({ recent }: TrafficSample): number {
  return recent?.connectionsOpened ?? 0;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
