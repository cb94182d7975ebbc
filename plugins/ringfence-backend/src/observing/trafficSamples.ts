import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';

const OPENED = 'istio_tcp_connections_opened_total';
const RECEIVED = 'istio_tcp_received_bytes_total';
/** `response_flags` of a connection that nothing refused. */
const NO_FLAGS = '-';

/** Whose traffic to read: the workload name that Istio derives from the StatefulSet. */
export interface Destination {
  readonly namespace: string;
  readonly workload: string;
}

/**
 * Reads ztunnel's (or Envoy's) metrics: connections to one workload, summed by
 * source, reporter, policy and refusal. A last line without its newline was
 * cut off, and left out: half a number is a wrong number.
 */
export function readTrafficSamples(
  text: string,
  destination: Destination,
): TrafficSample[] {
  const families = parsePrometheusTextFormat(relevantLines(text));
  const samples = families.flatMap(({ name, metrics }) =>
    metrics.flatMap(({ labels, value }) =>
      labels && isTo(destination, labels)
        ? [toSample(name, labels, Number(value))]
        : [],
    ),
  );
  return sumTrafficSamples(samples);
}

/** Adds up samples of the same source, reporter, policy and refusal, such as those of several ztunnels. */
export function sumTrafficSamples(
  samples: readonly TrafficSample[],
): TrafficSample[] {
  const sums = new Map<string, TrafficSample>();
  for (const sample of samples) {
    const { connectionsOpened, receivedBytes, ...identity } = sample;
    const key = JSON.stringify(identity);
    const sum = sums.get(key);
    sums.set(key, {
      ...identity,
      connectionsOpened: (sum?.connectionsOpened ?? 0) + connectionsOpened,
      receivedBytes: (sum?.receivedBytes ?? 0) + receivedBytes,
    });
  }
  return [...sums.values()];
}

/** ztunnel prints megabytes; two of its metrics matter here. */
function relevantLines(text: string): string {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter(
      line => line.startsWith(`${OPENED}{`) || line.startsWith(`${RECEIVED}{`),
    )
    .map(line => `${line}\n`)
    .join('');
}

function isTo(
  { namespace, workload }: Destination,
  labels: Record<string, string>,
): boolean {
  return (
    labels.destination_workload === workload &&
    labels.destination_workload_namespace === namespace
  );
}

function toSample(
  metric: string,
  labels: Record<string, string>,
  value: number,
): TrafficSample {
  const flags = labels.response_flags ?? NO_FLAGS;
  return {
    reporter: labels.reporter === 'source' ? 'source' : 'destination',
    sourceWorkload: labels.source_workload ?? 'unknown',
    sourceNamespace: labels.source_workload_namespace ?? 'unknown',
    sourcePrincipal: labels.source_principal ?? 'unknown',
    destinationWorkload: labels.destination_workload,
    securityPolicy: labels.connection_security_policy ?? 'unknown',
    connectionsOpened: metric === OPENED ? value : 0,
    receivedBytes: metric === RECEIVED ? value : 0,
    ...(flags !== NO_FLAGS && { refused: flags }),
  };
}
