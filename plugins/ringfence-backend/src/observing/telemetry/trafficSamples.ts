import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';
import { MetricLines } from './MetricLines';

/** Connections that were opened. */
export const OPENED = 'istio_tcp_connections_opened_total';
/** Bytes that came in. */
export const RECEIVED = 'istio_tcp_received_bytes_total';
/** `response_flags` of a connection that nothing refused. */
const NO_FLAGS = '-';
const UNKNOWN = 'unknown';
/** What a sidecar calls the service of traffic that it let through without knowing whereto. */
const PASSTHROUGH = 'PassthroughCluster';
/** The same on either side; some versions add the address family. */
const PASSED_ON = /^(Inbound)?PassthroughCluster/;

/** Lines that are read without others having their turn. */
const AT_ONCE = 500;

/** A workload, by the name that Istio derives from the StatefulSet. */
export interface Workload {
  readonly namespace: string;
  readonly workload: string;
}

/**
 * What one reading of a proxy's metrics tells, by {@link trafficTo} and
 * {@link passedThroughFrom}.
 */
export type TrafficReading = ReadonlyMap<string, readonly TrafficSample[]>;

/** By group and identity. */
type Groups = Map<string, Map<string, TrafficSample>>;

/** The key of traffic to a workload. */
export function trafficTo({ namespace, workload }: Workload): string {
  return `to ${namespace}/${workload}`;
}

/** The key of traffic from a workload that its sidecar let through without knowing whereto. */
export function passedThroughFrom({ namespace, workload }: Workload): string {
  return `passed ${namespace}/${workload}`;
}

/**
 * Reads ztunnel's or Envoy's metrics: connections and bytes, summed by source,
 * destination, reporter, policy and refusal. A last line without its newline was
 * cut off, and left out: half a number is a wrong number. Of many databases it is
 * megabytes: others have their turn in between.
 */
export async function readTraffic(text: string): Promise<TrafficReading> {
  const lines = new MetricLines(text, [OPENED, RECEIVED]);
  const groups: Groups = new Map();
  for (let done = false; !done; ) {
    const counts: TrafficCount[] = [];
    done = lines.read(AT_ONCE, counts);
    addTraffic(groups, counts);
    if (!done) await nextTurn();
  }
  return readingOf(groups);
}

/** One of the two metrics of the mesh, with its labels. */
export interface TrafficCount {
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Sums counts up, as {@link readTraffic} does. */
export function groupTraffic(counts: readonly TrafficCount[]): TrafficReading {
  const groups: Groups = new Map();
  addTraffic(groups, counts);
  return readingOf(groups);
}

function addTraffic(groups: Groups, counts: readonly TrafficCount[]): void {
  for (const { metric, labels, value } of counts) {
    if (!labels || !Number.isFinite(value)) continue;
    const sample = toSample(metric, labels, value);
    for (const key of groupsOf(labels, sample)) {
      const group = groups.get(key) ?? new Map();
      groups.set(key, group);
      const identity = identityOf(sample);
      const sum = group.get(identity);
      group.set(identity, sum ? add(sum, sample) : sample);
    }
  }
}

function readingOf(groups: Groups): TrafficReading {
  return new Map(
    [...groups].map(([key, samples]) => [key, [...samples.values()]]),
  );
}

/** What tells one sample from the others of a reading: everything but the counts. */
export function identityOf(sample: TrafficSample): string {
  return JSON.stringify([
    sample.reporter,
    sample.sourceWorkload,
    sample.sourceNamespace,
    sample.sourcePrincipal,
    sample.destinationWorkload,
    sample.destinationService,
    sample.securityPolicy,
    sample.refused,
  ]);
}

/**
 * Adds up samples of the same source, reporter, policy and refusal, such as
 * those of several ztunnels. What is recent is told only where all of them know.
 */
export function sumTrafficSamples(
  samples: readonly TrafficSample[],
): TrafficSample[] {
  const sums = new Map<string, TrafficSample>();
  for (const sample of samples) {
    const key = identityOf(sample);
    const sum = sums.get(key);
    sums.set(key, sum ? add(sum, sample) : sample);
  }
  return [...sums.values()];
}

function add(a: TrafficSample, b: TrafficSample): TrafficSample {
  const { recent, ...rest } = a;
  return {
    ...rest,
    connectionsOpened: a.connectionsOpened + b.connectionsOpened,
    receivedBytes: a.receivedBytes + b.receivedBytes,
    ...(recent &&
      b.recent && {
        recent: {
          seconds: Math.max(recent.seconds, b.recent.seconds),
          connectionsOpened:
            recent.connectionsOpened + b.recent.connectionsOpened,
          receivedBytes: recent.receivedBytes + b.recent.receivedBytes,
        },
      }),
  };
}

function toSample(
  metric: string,
  labels: Readonly<Record<string, string>>,
  value: number,
): TrafficSample {
  const flags = labels.response_flags ?? NO_FLAGS;
  const service = serviceOf(labels);
  return {
    reporter: labels.reporter === 'source' ? 'source' : 'destination',
    sourceWorkload: labels.source_workload ?? UNKNOWN,
    sourceNamespace: labels.source_workload_namespace ?? UNKNOWN,
    sourcePrincipal: labels.source_principal ?? UNKNOWN,
    destinationWorkload: labels.destination_workload ?? UNKNOWN,
    ...(service !== UNKNOWN && { destinationService: service }),
    securityPolicy: labels.connection_security_policy ?? UNKNOWN,
    connectionsOpened: metric === OPENED ? value : 0,
    receivedBytes: metric === RECEIVED ? value : 0,
    ...(flags !== NO_FLAGS && { refused: flags }),
  };
}

/** Envoy has the name of a cluster that passes traffic on in a label of its own, beside an `unknown` service. */
function serviceOf(labels: Readonly<Record<string, string>>): string {
  const name = labels.destination_service_name;
  if (PASSED_ON.test(name ?? '')) return name;
  return labels.destination_service ?? UNKNOWN;
}

function groupsOf(
  labels: Readonly<Record<string, string>>,
  sample: TrafficSample,
): string[] {
  const to = trafficTo({
    namespace: labels.destination_workload_namespace ?? UNKNOWN,
    workload: sample.destinationWorkload,
  });
  const passed =
    sample.reporter === 'source' && sample.destinationService === PASSTHROUGH;
  if (!passed) return [to];
  const { sourceNamespace: namespace, sourceWorkload: workload } = sample;
  return [to, passedThroughFrom({ namespace, workload })];
}
