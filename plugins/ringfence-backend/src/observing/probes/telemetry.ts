import type {
  KubernetesObject,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';
import {
  passedThroughFrom,
  sumTrafficSamples,
  trafficTo,
  type Workload,
} from '../telemetry/trafficSamples';
import { podsToAsk, type ProbeContext } from './Probe';

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
): Promise<readonly TrafficSample[]> {
  return context.prometheus
    ? askPrometheus(context, context.prometheus, signal)
    : askProxies(context);
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
): Promise<readonly TrafficSample[]> {
  const proxies = proxiesOf(context);
  const { metrics, kubernetes, refresh } = context;
  const tellings = await Promise.all(
    proxies.map(pod => metrics.read(kubernetes, pod, { refresh })),
  );
  const samples = sumTrafficSamples(
    tellings.flatMap(({ traffic }) =>
      keysOf(context).flatMap(key => traffic.get(key) ?? []),
    ),
  );
  const gap =
    tellings.find(telling => telling.gap)?.gap ?? nodeWithoutZtunnel(context);
  const sawPlaintext = samples.some(sample => isPlaintext(context, sample));
  if (gap && !sawPlaintext) throw new Error(gap);
  return samples;
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
