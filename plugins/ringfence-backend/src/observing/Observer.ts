import {
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  DatabaseTools,
  Fact,
  Facts,
  KubernetesCluster,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../databases/Databases';
import type { ObjectDrift } from '../drift';
import type { History } from '../history';
import type {
  KubernetesClusters,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
import type { Platforms } from '../platform';
import {
  gatherCertificates,
  readPublicCertificates,
  versionsOf,
  type PublicSecrets,
} from './certificates';
import { look, notKnown, type Clock } from './look';
import { gatherObjectFacts } from './objectFacts';
import { liveObjects, type ObjectSource } from './ObjectSource';
import { OperatorReader } from './operatorFacts';
import { countRequests } from './probes/countRequests';
import type { ProbeSource, ProbeTarget } from './probes/ProbeSource';
import type { Prometheus } from './telemetry/Prometheus';
import { ProxyMetrics } from './telemetry/ProxyMetrics';

/** What an {@link Observer} needs. */
export interface ObserverDeps {
  readonly clusters: Pick<KubernetesClusters, 'get'>;
  readonly createTools: (
    kubernetes: KubernetesCluster,
    ref: DatabaseRef,
    access?: Pick<AccessRecipe, 'protocol'>,
  ) => DatabaseTools;
  /** @default the system's */
  readonly clock?: Clock;
  /** Where objects come from. @default read live */
  readonly sources?: (kubernetes: KubernetesCluster) => ObjectSource;
  /** Where the public parts of Secrets come from. @default read live */
  readonly secrets?: PublicSecrets;
  /** More is known of a database that nobody waited for. */
  readonly onRead?: (ref: DatabaseRef) => void;
  /** Where the answers of probes come from. */
  readonly probes: ProbeSource;
  /** What probes ask with unless somebody waits for new answers. @default as if somebody did */
  readonly probeTools?: (
    kubernetes: KubernetesCluster,
    ref: DatabaseRef,
    access: Facts['access'],
  ) => DatabaseTools;
  /** Where the mesh's telemetry is collected; absent: proxies are asked. */
  readonly prometheus?: Pick<Prometheus, 'read'>;
  /** What Kubernetes clusters can do. */
  readonly platforms?: Pick<Platforms, 'read'>;
  /** Who took bundles away. */
  readonly history?: Pick<History, 'listBundles'>;
  /** Compares objects with the manifests of the stored spec. */
  readonly readDrift?: (
    kubernetes: KubernetesCluster,
    database: StoredDatabase,
    platform: Platform,
  ) => Promise<readonly ObjectDrift[]>;
}

export interface ObserverOptions {
  /** How old a reading of a proxy's metrics may be. @default 20 000 */
  readonly maxAgeMs?: number;
}

/** All that is known without asking the database itself. */
type Gathered = Omit<Facts, keyof Awaited<ReturnType<ProbeSource['read']>>>;

/** Finds out what is known about a database, from objects and from probes. */
export class Observer {
  readonly #deps: ObserverDeps;
  readonly #clock: Clock;
  readonly #metrics: ProxyMetrics;
  readonly #operators: OperatorReader;

  constructor(deps: ObserverDeps, options: ObserverOptions = {}) {
    this.#deps = deps;
    this.#clock = deps.clock ?? (() => new Date());
    this.#metrics = new ProxyMetrics({
      clock: this.#clock,
      maxAgeMs: options.maxAgeMs,
    });
    this.#operators = new OperatorReader({
      clock: this.#clock,
      onRead: deps.onRead,
    });
  }

  /**
   * The facts about one database; what could not be looked at says why.
   *
   * @param options - `refresh` runs the probes again and waits for them; else
   * nobody is waited for who has to be asked first
   * @throws NotFoundError or InputError where its Kubernetes cluster is not usable
   */
  async facts(
    database: StoredDatabase,
    options: { refresh?: boolean } = {},
  ): Promise<Facts> {
    const gathered = await this.#gather(database, options);
    const target = this.#target(database, gathered, options);
    const probed = await this.#deps.probes.read(target, options);
    return { ...gathered, gatheredAt: this.#clock(), ...probed };
  }

  /** For databases that are gone. */
  retain(isThere: (ref: DatabaseRef) => boolean): void {
    this.#operators.retain(isThere);
  }

  /** What a probe of this database has to go on. */
  async target(
    database: StoredDatabase,
    options: { refresh?: boolean } = {},
  ): Promise<ProbeTarget> {
    const gathered = await this.#gather(database, { ...options, wait: true });
    return this.#target(database, gathered, options);
  }

  async #gather(
    { ref, blueprint, spec }: StoredDatabase,
    { refresh = false, wait = false }: { refresh?: boolean; wait?: boolean },
  ): Promise<Gathered> {
    const cluster = this.#deps.clusters.get(ref.kubernetesCluster);
    const { kubernetes } = cluster;
    const source = (this.#deps.sources ?? this.#live)(kubernetes);
    const observation = blueprint.observation(spec);
    const platform = await this.#platform(cluster);
    const rootNamespace = platform.known
      ? platform.value.istio?.rootNamespace
      : undefined;
    const [objects, certificates, receipts] = await Promise.all([
      gatherObjectFacts(source, ref, observation, rootNamespace),
      gatherCertificates(source, ref.namespace, observation, (name, version) =>
        this.#readSecret(
          kubernetes,
          { namespace: ref.namespace, name, version },
          { refresh, wait },
        ),
      ),
      this.#receipts(ref),
    ]);
    const operator =
      observation.operator &&
      (await this.#operators.read({
        kubernetes,
        source,
        namespace: ref.namespace,
        recipe: observation.operator,
        version: versionsOf(certificates),
        refresh,
        wait: wait || !this.#deps.secrets,
      }));
    return {
      database: ref,
      spec,
      access: blueprint.access(spec),
      observation,
      gatheredAt: this.#clock(),
      ...objects,
      certificates,
      ...(operator && { operator }),
      platform,
      receipts,
    };
  }

  #target(
    database: StoredDatabase,
    gathered: Gathered,
    { refresh = false }: { refresh?: boolean },
  ): ProbeTarget {
    const { ref } = database;
    const cluster = this.#deps.clusters.get(ref.kubernetesCluster);
    const { kubernetes, requests } = countRequests(cluster.kubernetes);
    const { namespace, platform } = gathered;
    const { readDrift, createTools, probeTools } = this.#deps;
    const toolsOf: NonNullable<ObserverDeps['probeTools']> =
      (!refresh && probeTools) || createTools;
    // One that was deleted and made again is another database.
    const uid = namespace.known ? namespace.value?.metadata.uid : undefined;
    const canCompare = readDrift && platform.known;
    return {
      key: `${stringifyDatabaseRef(ref)} ${uid ?? ''}`,
      context: {
        namespace: ref.namespace,
        access: gathered.access,
        observation: gathered.observation,
        objects: gathered,
        certificates: gathered.certificates,
        kubernetes,
        tools: toolsOf(cluster.kubernetes, ref, gathered.access),
        metrics: this.#metrics,
        prometheus: this.#deps.prometheus,
        refresh,
        ...(canCompare && {
          readDrift: () => readDrift(kubernetes, database, platform.value),
        }),
      },
      requests,
    };
  }

  readonly #live = (kubernetes: KubernetesCluster) =>
    liveObjects(kubernetes, this.#clock);

  #readSecret(
    kubernetes: KubernetesCluster,
    secret: Parameters<PublicSecrets['read']>[1],
    options: Parameters<PublicSecrets['read']>[2],
  ) {
    const { secrets } = this.#deps;
    return secrets
      ? secrets.read(kubernetes, secret, options)
      : look(this.#clock, () =>
          readPublicCertificates(kubernetes, secret.namespace, secret.name),
        );
  }

  async #platform(cluster: UsableKubernetesCluster): Promise<Fact<Platform>> {
    const { platforms } = this.#deps;
    return platforms
      ? look(this.#clock, () => platforms.read(cluster))
      : notKnown('Not looked at', this.#clock());
  }

  async #receipts(ref: DatabaseRef): Promise<Facts['receipts']> {
    const { history } = this.#deps;
    return history
      ? look(this.#clock, () => history.listBundles(ref))
      : notKnown('Not looked at', this.#clock());
  }
}
