import {
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  Facts,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import pLimit from 'p-limit';
import type { StoredDatabase } from '../databases/Databases';
import type { History } from '../history';
import type {
  KubernetesClusters,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
import type { Platforms } from '../platform';
import { gatherCertificates } from './certificates';
import { FreshCache } from './FreshCache';
import { look, notKnown, type Clock } from './look';
import { gatherObjectFacts } from './objectFacts';
import { liveObjects, type ObjectSource } from './ObjectSource';
import { gatherProbeFacts, type ProbeFacts } from './probeFacts';
import type { ProbeContext } from './probes/Probe';
import { ProxyMetrics } from './telemetry/ProxyMetrics';

/** What an {@link Observer} needs. */
export interface ObserverDeps {
  readonly clusters: Pick<KubernetesClusters, 'get'>;
  readonly createTools: (
    kubernetes: KubernetesCluster,
    ref: DatabaseRef,
  ) => DatabaseTools;
  /** @default the system's */
  readonly clock?: Clock;
  /** Where objects come from. @default read live */
  readonly sources?: (kubernetes: KubernetesCluster) => ObjectSource;
  /** What Kubernetes clusters can do. */
  readonly platforms?: Pick<Platforms, 'read'>;
  /** Who took bundles away. */
  readonly history?: Pick<History, 'listBundles'>;
}

export interface ObserverOptions {
  /** How old the answer of a probe may be. @default 20 000 */
  readonly maxAgeMs?: number;
  /** How long one probe may take; a login gets twice that. @default 5 000 */
  readonly probeTimeoutMs?: number;
  /** How many databases are probed at once. @default 4 */
  readonly concurrency?: number;
}

/** Finds out what is known about a database: objects at each call, probes when their last answers are old. */
export class Observer {
  readonly #deps: ObserverDeps;
  readonly #clock: Clock;
  readonly #probes: FreshCache<ProbeFacts>;
  readonly #limit: <T>(run: () => Promise<T>) => Promise<T>;
  readonly #probeTimeoutMs: number;
  readonly #metrics: ProxyMetrics;

  constructor(deps: ObserverDeps, options: ObserverOptions = {}) {
    this.#deps = deps;
    this.#clock = deps.clock ?? (() => new Date());
    this.#probes = new FreshCache({
      maxAgeMs: options.maxAgeMs ?? 20_000,
      clock: this.#clock,
    });
    this.#limit = pLimit(options.concurrency ?? 4);
    this.#probeTimeoutMs = options.probeTimeoutMs ?? 5_000;
    this.#metrics = new ProxyMetrics({
      clock: this.#clock,
      maxAgeMs: options.maxAgeMs,
      timeoutMs: this.#probeTimeoutMs,
    });
  }

  /**
   * The facts about one database; what could not be looked at says why.
   *
   * @param options - `refresh` runs the probes again
   * @throws NotFoundError or InputError where its Kubernetes cluster is not usable
   */
  async facts(
    database: StoredDatabase,
    options: { refresh?: boolean } = {},
  ): Promise<Facts> {
    const { ref, blueprint, spec } = database;
    const cluster = this.#deps.clusters.get(ref.kubernetesCluster);
    const { kubernetes } = cluster;
    const source = (this.#deps.sources ?? this.#live)(kubernetes);
    const observation = blueprint.observation(spec);
    const access = blueprint.access(spec);
    const [objects, certificates, around] = await Promise.all([
      gatherObjectFacts(source, ref, observation),
      gatherCertificates(
        kubernetes,
        source,
        ref.namespace,
        observation,
        this.#clock,
      ),
      this.#gatherAround(cluster, ref),
    ]);
    const probes = await this.#probe(
      ref,
      {
        namespace: ref.namespace,
        access,
        observation,
        objects,
        certificates,
        kubernetes,
        tools: this.#deps.createTools(kubernetes, ref),
        metrics: this.#metrics,
        refresh: options.refresh ?? false,
      },
      options,
    );
    return {
      database: ref,
      spec,
      access,
      observation,
      gatheredAt: this.#clock(),
      ...objects,
      certificates,
      ...around,
      ...probes,
      ...this.#notLookedAt(),
    };
  }

  /** What is known of the database from elsewhere than its own namespace. */
  async #gatherAround(
    cluster: UsableKubernetesCluster,
    ref: DatabaseRef,
  ): Promise<Pick<Facts, 'platform' | 'receipts'>> {
    const { platforms, history } = this.#deps;
    const missing = notKnown('Not looked at', this.#clock());
    const [platform, receipts] = await Promise.all([
      platforms ? look(this.#clock, () => platforms.read(cluster)) : missing,
      history ? look(this.#clock, () => history.listBundles(ref)) : missing,
    ]);
    return { platform, receipts };
  }

  #notLookedAt() {
    const fact = notKnown('Not looked at', this.#clock());
    return {
      wire: fact,
      schemas: fact,
      nameLookup: fact,
      drift: fact,
    };
  }

  readonly #live = (kubernetes: KubernetesCluster) =>
    liveObjects(kubernetes, this.#clock);

  #probe(
    ref: DatabaseRef,
    context: ProbeContext,
    options: { refresh?: boolean },
  ): Promise<ProbeFacts> {
    const run = () =>
      this.#limit(() =>
        gatherProbeFacts(context, {
          clock: this.#clock,
          timeoutMs: this.#probeTimeoutMs,
        }),
      );
    // One that was deleted and made again is another database.
    const { namespace } = context.objects;
    const uid = namespace.known ? namespace.value?.metadata.uid : undefined;
    const key = `${stringifyDatabaseRef(ref)} ${uid ?? ''}`;
    return this.#probes.get(key, run, options);
  }
}
