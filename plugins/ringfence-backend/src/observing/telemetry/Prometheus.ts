import { toError } from '@backstage/errors';
import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';
import type { Clock } from '../look';
import { RecentTraffic } from './RecentTraffic';
import {
  groupTraffic,
  OPENED,
  RECEIVED,
  sumTrafficSamples,
  type TrafficCount,
  type TrafficReading,
  type Workload,
} from './trafficSamples';

/** How far back "recent" reaches. */
const WINDOW = '5m';
const WINDOW_MS = 5 * 60_000;
/** More than the traffic of one database takes. */
const MOST_BYTES = 8 * 1024 * 1024;

/** What samples are told by, and which proxy counted: counters of one that restarts begin anew. */
const LABELS = [
  'reporter',
  'source_workload',
  'source_workload_namespace',
  'source_principal',
  'destination_workload',
  'destination_workload_namespace',
  'destination_service',
  'destination_service_name',
  'connection_security_policy',
  'response_flags',
];
const PROXY_LABELS = ['instance', 'pod'];

/** An instant vector. @see https://prometheus.io/docs/prometheus/latest/querying/api/ */
const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({
        metric: z.record(z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

/** Where Prometheus is. */
export interface PrometheusOptions {
  /** Such as `https://prometheus.example.com/prefix`. */
  readonly url: string;
  /** The label that tells Kubernetes clusters apart; absent: there is one. */
  readonly clusterLabel?: string;
}

/** Reads the mesh's telemetry from where it is collected anyway. */
export class Prometheus {
  readonly #options: PrometheusOptions;
  readonly #clock: Clock;

  constructor(options: PrometheusOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Traffic to a workload, and what its own sidecars passed on without knowing whereto.
   *
   * @throws Error where Prometheus does not answer, or something else does
   */
  async read(
    kubernetesCluster: string,
    workload: Workload,
    signal: AbortSignal,
  ): Promise<TrafficReading> {
    const counts = (offset: string) =>
      Promise.all(
        [OPENED, RECEIVED].flatMap(metric =>
          this.#selectors(kubernetesCluster, workload).map(selector =>
            this.#query(metric, selector, offset, signal),
          ),
        ),
      ).then(answers => answers.flat());
    const [before, now] = await Promise.all([
      counts(` offset ${WINDOW}`),
      counts(''),
    ]);
    return withGrowth(before, now, this.#clock());
  }

  #selectors(
    kubernetesCluster: string,
    { namespace, workload }: Workload,
  ): string[] {
    const { clusterLabel } = this.#options;
    const where = (labels: Record<string, string>) => {
      const all = clusterLabel
        ? { ...labels, [clusterLabel]: kubernetesCluster }
        : labels;
      const terms = Object.entries(all).map(
        ([name, value]) => `${name}=${JSON.stringify(value)}`,
      );
      return `{${terms.join(',')}}`;
    };
    return [
      where({
        destination_workload: workload,
        destination_workload_namespace: namespace,
      }),
      where({
        reporter: 'source',
        source_workload: workload,
        source_workload_namespace: namespace,
        destination_service_name: 'PassthroughCluster',
      }),
    ];
  }

  async #query(
    metric: string,
    selector: string,
    offset: string,
    signal: AbortSignal,
  ): Promise<TrafficCount[]> {
    const by = [...LABELS, ...PROXY_LABELS].join(', ');
    const query = `sum by (${by}) (${metric}${selector}${offset})`;
    const text = await this.#post({ query }, signal);
    const { data } = parse(text);
    return data.result.map(({ metric: labels, value }) => ({
      metric,
      labels,
      value: Number(value[1]),
    }));
  }

  async #post(
    form: Record<string, string>,
    signal: AbortSignal,
  ): Promise<string> {
    const { url } = this.#options;
    let response: Response;
    try {
      response = await fetch(`${url.replace(/\/+$/, '')}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams(form),
        // A login page is no answer.
        redirect: 'error',
        signal,
      });
    } catch (error) {
      const { message, cause } = toError(error);
      const why = cause ? `${message}: ${toError(cause).message}` : message;
      throw new Error(`Prometheus does not answer: ${why}`);
    }
    const text = await readText(response);
    if (response.ok) return text;
    throw new Error(
      `Prometheus answered with HTTP status ${response.status}: ${firstLine(
        text,
      )}`,
    );
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new Error('Prometheus answered with more than 8 MB');
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(
      `What answers is not Prometheus, or of a version not known here: ${firstLine(
        text,
      )}`,
    );
  }
}

/**
 * What each proxy counted, and what is new in it. A counter that was not there
 * before counts as new altogether: `increase()` would not see its first value.
 */
async function withGrowth(
  before: readonly TrafficCount[],
  now: readonly TrafficCount[],
  at: Date,
): Promise<TrafficReading> {
  const groups = new Map<string, TrafficSample[]>();
  for (const [proxy, counts] of byProxy(now)) {
    const recent = new RecentTraffic();
    const earlier = new Date(at.getTime() - WINDOW_MS);
    const old = byProxy(before).get(proxy) ?? [];
    await recent.add(groupTraffic(old), earlier);
    const grown = await recent.add(groupTraffic(counts), at);
    for (const [key, samples] of grown) {
      groups.set(key, [...(groups.get(key) ?? []), ...samples]);
    }
  }
  return new Map(
    [...groups].map(([key, samples]) => [key, sumTrafficSamples(samples)]),
  );
}

function byProxy(counts: readonly TrafficCount[]): Map<string, TrafficCount[]> {
  const proxies = new Map<string, TrafficCount[]>();
  for (const count of counts) {
    const key = PROXY_LABELS.map(name => count.labels?.[name] ?? '').join(' ');
    proxies.set(key, [...(proxies.get(key) ?? []), count]);
  }
  return proxies;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0].slice(0, 200) || 'nothing';
}
