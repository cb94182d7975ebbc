import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { toError } from '@backstage/errors';
import type {
  KubernetesObject,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';
import { readTrafficSamples, sumTrafficSamples } from '../trafficSamples';
import type { ProbeContext } from './Probe';

/** ztunnel's `ztunnel-stats`; it listens on all addresses of the pod. */
const STATS_PORT = 15020;
const STATS_PATH = '/stats/prometheus';
/** More than a busy ztunnel prints; what is longer counts as cut off. */
const MOST_BYTES = 32 * 1024 * 1024;

/** What one ztunnel told, and what kept it from telling all. */
interface Telling {
  readonly samples: readonly TrafficSample[];
  readonly gap?: string;
}

/**
 * Traffic to the database's pods as the ztunnels on their nodes counted it.
 * Plaintext that one of them saw is told even where another could not be read;
 * that there was none is told only where all could.
 *
 * @throws Error with what could not be read
 */
export async function probeTelemetry(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<readonly TrafficSample[]> {
  const tellings = await Promise.all(
    ztunnelsOf(context).map(pod => askZtunnel(context, pod, signal)),
  );
  const samples = sumTrafficSamples(
    tellings.flatMap(telling => telling.samples),
  );
  const gap =
    tellings.find(telling => telling.gap)?.gap ?? nodeWithoutZtunnel(context);
  const sawPlaintext = samples.some(
    ({ securityPolicy, refused }) =>
      securityPolicy !== 'mutual_tls' && !refused,
  );
  if (gap && !sawPlaintext) throw new Error(gap);
  return samples;
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
  const asked = new Set(ztunnelsOf(context).map(pod => pod.spec?.nodeName));
  const node = nodesOf(context).find(name => !asked.has(name));
  return node && `no ztunnel is ready on node "${node}"`;
}

/** The nodes on which the database's pods run. */
function nodesOf({ objects }: ProbeContext): string[] {
  if (!objects.pods.known) throw new Error(objects.pods.why);
  return objects.pods.value.map(pod => pod.spec?.nodeName).filter(Boolean);
}

async function askZtunnel(
  { kubernetes, namespace, observation }: ProbeContext,
  pod: KubernetesObject,
  signal: AbortSignal,
): Promise<Telling> {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const destination = { namespace, workload: observation.statefulSet };
  try {
    const connection = await kubernetes.portForward(
      { namespace: pod.metadata.namespace!, pod: pod.metadata.name },
      STATS_PORT,
    );
    const { text, complete } = await httpGet(connection, STATS_PATH, signal);
    return {
      samples: readTrafficSamples(text, destination),
      ...(!complete && {
        gap: `the metrics of ztunnel "${name}" were cut off`,
      }),
    };
  } catch (error) {
    return {
      samples: [],
      gap: `the metrics of ztunnel "${name}": ${toError(error).message}`,
    };
  }
}

/** Asks over a connection that is there already, and closes it. */
async function httpGet(
  connection: Duplex,
  path: string,
  signal: AbortSignal,
): Promise<{ text: string; complete: boolean }> {
  try {
    return await new Promise((resolve, reject) => {
      const asking = request({
        createConnection: () => connection,
        path,
        signal,
        headers: { Host: 'localhost', Connection: 'close' },
      });
      asking.once('error', reject);
      asking.once('response', response => {
        if (response.statusCode !== 200) {
          reject(new Error(`answered with HTTP status ${response.statusCode}`));
          return;
        }
        const chunks: Buffer[] = [];
        let bytes = 0;
        const end = (complete: boolean) =>
          resolve({ text: Buffer.concat(chunks).toString('utf8'), complete });
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > MOST_BYTES) end(false);
        });
        response.once('end', () => end(response.complete));
        response.once('error', () => end(false));
      });
      asking.end();
    });
  } finally {
    connection.destroy();
  }
}
