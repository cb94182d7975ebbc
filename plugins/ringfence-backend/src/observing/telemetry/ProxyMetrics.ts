import { toError } from '@backstage/errors';
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { FreshCache } from '../FreshCache';
import { withTimeout, type Clock } from '../look';
import { httpGet } from './httpGet';
import { RecentTraffic } from './RecentTraffic';
import { readTraffic, type TrafficReading } from './trafficSamples';

/** Of ztunnel, and of a sidecar; both listen on all addresses of the pod. */
const STATS_PORT = 15020;
const STATS_PATH = '/stats/prometheus';
/** Proxies of pods that are gone are forgotten after this. */
const FORGET_MS = 60 * 60_000;

/** What one proxy told, and what kept it from telling all. */
export interface Telling {
  readonly at: Date;
  readonly traffic: TrafficReading;
  readonly gap?: string;
}

interface Memory {
  readonly recent: RecentTraffic;
  usedAt: number;
}

export interface ProxyMetricsOptions {
  readonly clock: Clock;
  /** How old a reading may be that serves again. @default 20 000 */
  readonly maxAgeMs?: number;
  /** @default 10 000 */
  readonly timeoutMs?: number;
}

/** Reads the metrics of ztunnels and sidecars: each proxy once for all databases that ask. */
export class ProxyMetrics {
  readonly #readings: FreshCache<Telling>;
  readonly #memory = new Map<string, Memory>();
  readonly #options: ProxyMetricsOptions;

  constructor(options: ProxyMetricsOptions) {
    this.#options = options;
    this.#readings = new FreshCache({
      maxAgeMs: options.maxAgeMs ?? 20_000,
      clock: options.clock,
    });
  }

  /**
   * Throws nothing: what could not be read is a gap.
   *
   * @param options - `refresh` reads anew
   */
  read(
    kubernetes: KubernetesCluster,
    pod: KubernetesObject,
    options: { refresh?: boolean } = {},
  ): Promise<Telling> {
    const { namespace, name, uid } = pod.metadata;
    const key = [kubernetes.name, namespace, name, uid ?? ''].join('/');
    return this.#readings.get(key, () => this.#ask(kubernetes, pod, key), {
      refresh: options.refresh,
    });
  }

  async #ask(
    kubernetes: KubernetesCluster,
    { metadata }: KubernetesObject,
    key: string,
  ): Promise<Telling> {
    const name = `${metadata.namespace}/${metadata.name}`;
    const at = this.#options.clock();
    try {
      const { text, complete } = await withTimeout(
        this.#options.timeoutMs ?? 10_000,
        async signal => {
          const connection = await kubernetes.portForward(
            { namespace: metadata.namespace!, pod: metadata.name },
            STATS_PORT,
          );
          return httpGet(connection, STATS_PATH, signal);
        },
      );
      const traffic = await readTraffic(text);
      return complete
        ? { at, traffic: await this.#recall(key).add(traffic, at) }
        : { at, traffic, gap: `the metrics of "${name}" were cut off` };
    } catch (error) {
      const gap = `the metrics of "${name}": ${toError(error).message}`;
      return { at, traffic: new Map(), gap };
    }
  }

  #recall(key: string): RecentTraffic {
    const now = this.#options.clock().getTime();
    for (const [other, { usedAt }] of this.#memory) {
      if (now - usedAt > FORGET_MS) this.#memory.delete(other);
    }
    const memory = this.#memory.get(key) ?? {
      recent: new RecentTraffic(),
      usedAt: now,
    };
    memory.usedAt = now;
    this.#memory.set(key, memory);
    return memory.recent;
  }
}
