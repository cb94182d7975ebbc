import { COUNTERS, sample, type Labels } from './metrics';
import type { FlowCounts, TelemetrySettings } from './Telemetry';
import type { Flow, MeshWorkload, Reporter } from './types';

const UNKNOWN = 'unknown';
/** Of workloads without a version, and of those that nobody knows. */
const LATEST = 'latest';

/** What a sidecar calls traffic for which it knows no Service: passed on as it came. */
const PASSED_ON: Readonly<Record<Reporter, string>> = {
  source: 'PassthroughCluster',
  destination: 'InboundPassthroughCluster',
};

/** Prints rows as Envoy does beside Istio's agent: no help, and a counter appears once it was counted. */
export function renderSidecarMetrics(
  rows: readonly FlowCounts[],
  settings: TelemetrySettings,
): string {
  const build: Labels = [
    ['component', 'proxy'],
    ['tag', settings.version],
  ];
  const lines = ['# TYPE istio_build gauge', sample('istio_build', build, 1)];
  for (const counter of COUNTERS) {
    const counted = rows.filter(row => counter.value(row) > 0);
    if (counted.length === 0) continue;
    const name = `${counter.name}_total`;
    lines.push(`# TYPE ${name} counter`);
    for (const row of counted) {
      lines.push(sample(name, labelsOf(row, settings), counter.value(row)));
    }
  }
  return [...lines, ''].join('\n');
}

function labelsOf(
  { reporter, flow }: FlowCounts,
  settings: TelemetrySettings,
): Labels {
  return [
    ['reporter', reporter],
    ...sourceLabels(reporter, flow, settings),
    ...destinationLabels(reporter, flow, settings),
    ['request_protocol', 'tcp'],
    ['response_flags', flow.responseFlags ?? '-'],
    ['connection_security_policy', policyOf(reporter, flow)],
  ];
}

/** Only the destination's sidecar knows what came to it; the source's always says `unknown`. */
function policyOf(reporter: Reporter, { securityPolicy }: Flow): string {
  if (reporter === 'source') return UNKNOWN;
  return securityPolicy === 'mutual_tls' ? 'mutual_tls' : 'none';
}

function sourceLabels(
  reporter: Reporter,
  { source, securityPolicy }: Flow,
  settings: TelemetrySettings,
): Labels {
  const proven = securityPolicy === 'mutual_tls';
  // Who it is comes with the TLS handshake; in plaintext nobody says.
  const known = proven || reporter === 'source';
  const name = known ? source.workload : UNKNOWN;
  return [
    ['source_workload', name],
    ['source_canonical_service', name],
    ['source_canonical_revision', LATEST],
    ['source_workload_namespace', known ? source.namespace : UNKNOWN],
    ['source_principal', principalOf(source, proven, settings)],
    ['source_app', name],
    ['source_version', known ? LATEST : UNKNOWN],
    ['source_cluster', known ? settings.clusterId : UNKNOWN],
  ];
}

function destinationLabels(
  reporter: Reporter,
  { destination, destinationService: service, securityPolicy }: Flow,
  settings: TelemetrySettings,
): Labels {
  // Where the source knows no Service it knows no workload either.
  const known = reporter === 'destination' || service !== undefined;
  const name = known ? destination.workload : UNKNOWN;
  const namespace = known ? destination.namespace : UNKNOWN;
  const host =
    service && `${service.name}.${service.namespace}.svc.cluster.local`;
  const proven = securityPolicy === 'mutual_tls';
  return [
    ['destination_workload', name],
    ['destination_workload_namespace', namespace],
    ['destination_principal', principalOf(destination, proven, settings)],
    ['destination_app', name],
    ['destination_version', known ? LATEST : UNKNOWN],
    ['destination_service', host ?? name],
    ['destination_canonical_service', name],
    ['destination_canonical_revision', LATEST],
    ['destination_service_name', service?.name ?? PASSED_ON[reporter]],
    ['destination_service_namespace', namespace],
    ['destination_cluster', known ? settings.clusterId : UNKNOWN],
  ];
}

function principalOf(
  { namespace, serviceAccount }: MeshWorkload,
  proven: boolean,
  { trustDomain }: TelemetrySettings,
): string {
  return proven && serviceAccount
    ? `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`
    : UNKNOWN;
}
