import type { FlowCounts, TelemetrySettings } from './Telemetry';
import type { Flow, MeshWorkload, Reporter } from './types';

/** What ztunnel prints for a label it has no value for. */
const UNKNOWN = 'unknown';

/** Names and values of a sample's labels, in order. */
export type Labels = ReadonlyArray<readonly [name: string, value: string]>;

/** One of the counters that all proxies have. */
export interface Counter {
  readonly name: string;
  readonly help: string;
  value(row: FlowCounts): number;
}

/** The counters of ztunnel, in its order and with its words. */
export const COUNTERS: readonly Counter[] = [
  {
    name: 'istio_tcp_connections_opened',
    help: 'The total number of TCP connections opened.',
    value: row => row.opened,
  },
  {
    name: 'istio_tcp_connections_closed',
    help: 'The total number of TCP connections closed.',
    value: row => row.closed,
  },
  {
    name: 'istio_tcp_received_bytes',
    help: 'The size of total bytes received during request in case of a TCP connection.',
    value: row => row.receivedBytes,
  },
  {
    name: 'istio_tcp_sent_bytes',
    help: 'The size of total bytes sent during response in case of a TCP connection.',
    value: row => row.sentBytes,
  },
];

const REPORTERS: readonly Reporter[] = ['destination', 'source'];

/** Prints rows as ztunnel 1.31 does: a counter appears once it was counted. */
export function renderMetrics(
  rows: readonly FlowCounts[],
  settings: TelemetrySettings,
): string {
  const lines = [
    ...header('istio_build', 'Istio component build info.', 'gauge'),
    sample(
      'istio_build',
      [
        ['component', 'ztunnel'],
        ['tag', settings.version],
      ],
      1,
    ),
  ];
  for (const counter of COUNTERS) {
    lines.push(...header(counter.name, counter.help, 'counter'));
    for (const row of rows.filter(it => counter.value(it) > 0)) {
      const labels = labelsOf(row, settings);
      lines.push(sample(`${counter.name}_total`, labels, counter.value(row)));
    }
  }
  return [...lines, ...renderSocketsOpen(rows), ''].join('\n');
}

function renderSocketsOpen(rows: readonly FlowCounts[]): string[] {
  const name = 'istio_tcp_sockets_open';
  const help = 'The current number of open TCP sockets (unstable).';
  const open = (reporter: Reporter) =>
    rows
      .filter(row => row.reporter === reporter)
      .reduce((sum, row) => sum + row.opened - row.closed, 0);
  return [
    ...header(name, help, 'gauge'),
    ...REPORTERS.map(it => sample(name, [['reporter', it]], open(it))),
  ];
}

function header(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** One line. */
export function sample(name: string, labels: Labels, value: number): string {
  const text = labels.map(([key, it]) => `${key}="${escape(it)}"`).join(',');
  return `${name}{${text}} ${value}`;
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function escape(value: string): string {
  return value
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\n/g, '\\n');
}

function labelsOf(
  { reporter, flow }: FlowCounts,
  settings: TelemetrySettings,
): Labels {
  return [
    ['reporter', reporter],
    ...workloadLabels('source', flow.source, settings, flow),
    ...serviceLabels(reporter, flow),
    ...workloadLabels('destination', flow.destination, settings, flow),
    ['request_protocol', 'tcp'],
    ['response_flags', flow.responseFlags ?? '-'],
    ['connection_security_policy', flow.securityPolicy],
    ['source_region', UNKNOWN],
    ['source_zone', UNKNOWN],
    ['destination_region', UNKNOWN],
    ['destination_zone', UNKNOWN],
  ];
}

function workloadLabels(
  side: 'source' | 'destination',
  workload: MeshWorkload,
  { trustDomain, clusterId }: TelemetrySettings,
  flow: Flow,
): Labels {
  const { namespace, serviceAccount } = workload;
  // In plaintext nobody has proved who the source is.
  const proven = side === 'destination' || flow.securityPolicy === 'mutual_tls';
  const principal =
    proven && serviceAccount
      ? `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`
      : UNKNOWN;
  return [
    [`${side}_workload`, workload.workload],
    [`${side}_canonical_service`, workload.workload],
    [`${side}_canonical_revision`, 'latest'],
    [`${side}_workload_namespace`, namespace],
    [`${side}_principal`, principal],
    [`${side}_app`, workload.workload],
    [`${side}_version`, 'latest'],
    [`${side}_cluster`, clusterId],
  ];
}

/** The destination's ztunnel sees the pod's address only, not which Service was dialled. */
function serviceLabels(reporter: Reporter, flow: Flow): Labels {
  const service = reporter === 'source' ? flow.destinationService : undefined;
  return [
    [
      'destination_service',
      service
        ? `${service.name}.${service.namespace}.svc.cluster.local`
        : UNKNOWN,
    ],
    ['destination_service_namespace', service?.namespace ?? UNKNOWN],
    ['destination_service_name', service?.name ?? UNKNOWN],
  ];
}
