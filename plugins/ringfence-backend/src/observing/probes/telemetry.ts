import type {
  KubernetesObject,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';
import type { Clock } from '../look';
import type { Telling } from '../telemetry/ProxyMetrics';
import {
  passedThroughFrom,
  sumTrafficSamples,
  trafficTo,
  type Workload,
} from '../telemetry/trafficSamples';
import { podsToAsk, type ProbeContext } from './Probe';

/** A reading that is younger is not made again. */
const NEW_MS = 5_000;

const IN_NO_MESH = 'the database is in no mesh';

/**
 * Traffic to the database's pods as the mesh counted it: the ztunnels on their
 * nodes, or their own sidecars. Plaintext that one of them saw is told even
 * where another could not be read; that there was none is told only where all could.
 *
 * @throws Error with what could not be read
 */
export async function probeTelemetry(
  context: ProbeContext,
  signal: AbortSignal,
  clock: Clock,
): Promise<readonly TrafficSample[]> {
  return context.prometheus
    ? askPrometheus(context, context.prometheus, signal)
    : askProxies(context, clock);
}

async function askPrometheus(
  context: ProbeContext,
  prometheus: NonNullable<ProbeContext['prometheus']>,
  signal: AbortSignal,
): Promise<readonly TrafficSample[]> {
  const { kubernetes, observation } = context;
  if (observation.meshMode === 'none') throw new Error(IN_NO_MESH);
  const traffic = await prometheus.read(
    kubernetes.name,
    workloadOf(context),
    signal,
  );
  return keysOf(context).flatMap(key => traffic.get(key) ?? []);
}

async function askProxies(
  context: ProbeContext,
  clock: Clock,
): Promise<readonly TrafficSample[]> {
  const { refresh } = context;
  let tellings = await readProxies(context, refresh);
  let samples = samplesIn(context, tellings);
  const old = clock().getTime() - NEW_MS;
  if (samples.length === 0 && tellings.some(({ at }) => at.getTime() < old)) {
    // Read for others, maybe before this database's first connection.
    tellings = await readProxies(context, true);
    samples = samplesIn(context, tellings);
  }
  const gap =
    tellings.find(telling => telling.gap)?.gap ?? nodeWithoutZtunnel(context);
  const sawPlaintext = samples.some(sample => isPlaintext(context, sample));
  if (gap && !sawPlaintext) throw new Error(gap);
  return samples;
}

function readProxies(
  context: ProbeContext,
  refresh: boolean,
): Promise<Telling[]> {
  const { metrics, kubernetes } = context;
  const proxies = proxiesOf(context);
  return Promise.all(
    proxies.map(pod => metrics.read(kubernetes, pod, { refresh })),
  );
}

function samplesIn(
  context: ProbeContext,
  tellings: readonly Telling[],
): TrafficSample[] {
  const keys = keysOf(context);
  return sumTrafficSamples(
    tellings.flatMap(({ traffic }) =>
      keys.flatMap(key => traffic.get(key) ?? []),
    ),
  );
}

/** Of connections that it opens, a sidecar says `unknown` whatever they are. */
function isPlaintext(
  { observation }: ProbeContext,
  { securityPolicy, refused, reporter }: TrafficSample,
): boolean {
  if (refused || securityPolicy === 'mutual_tls') return false;
  return (
    observation.meshMode === 'ambient' ||
    reporter === 'destination' ||
    securityPolicy === 'none'
  );
}

/** What to look for in the metrics. */
function keysOf(context: ProbeContext): string[] {
  const workload = workloadOf(context);
  return context.observation.meshMode === 'sidecar'
    ? [trafficTo(workload), passedThroughFrom(workload)]
    : [trafficTo(workload)];
}

function workloadOf({ namespace, observation }: ProbeContext): Workload {
  return { namespace, workload: observation.statefulSet };
}

/** Whose metrics to read. */
function proxiesOf(context: ProbeContext): KubernetesObject[] {
  switch (context.observation.meshMode) {
    case 'ambient':
      return ztunnelsOf(context);
    case 'sidecar':
      return podsToAsk(context);
    default:
      throw new Error(IN_NO_MESH);
  }
}

/** The ztunnels on the nodes of the database's pods. */
function ztunnelsOf(context: ProbeContext): KubernetesObject[] {
  const { objects } = context;
  const nodes = new Set(nodesOf(context));
  if (!objects.ztunnelPods.known) throw new Error(objects.ztunnelPods.why);
  const ztunnels = objects.ztunnelPods.value.filter(
    pod => isPodReady(pod) && nodes.has(pod.spec?.nodeName),
  );
  if (ztunnels.length === 0) {
    throw new Error("no ztunnel is ready on the nodes of the database's pods");
  }
  return ztunnels;
}

/** A node whose traffic nobody could be asked about. */
function nodeWithoutZtunnel(context: ProbeContext): string | undefined {
  if (context.observation.meshMode !== 'ambient') return undefined;
  const asked = new Set(ztunnelsOf(context).map(pod => pod.spec?.nodeName));
  const node = nodesOf(context).find(name => !asked.has(name));
  return node && `no ztunnel is ready on node "${node}"`;
}

/** The nodes on which the database's pods run. */
function nodesOf({ objects }: ProbeContext): string[] {
  if (!objects.pods.known) throw new Error(objects.pods.why);
  return objects.pods.value.map(pod => pod.spec?.nodeName).filter(Boolean);
}
