import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Facts,
  KubernetesCluster,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { LiveDatabases } from '../databases';
import type { StoredDatabase } from '../databases/Databases';
import type { History } from '../history';
import type {
  KubernetesClusters,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
import { FreshCache } from './FreshCache';
import type { Clock } from './look';
import { Observer, type ObserverDeps } from './Observer';
import { editedState } from './probes/editedState';
import { keyOf, partsOf, ProbeBook, type RanProbes } from './probes/ProbeBook';
import { ProbeSchedule } from './probes/ProbeSchedule';
import { probedState } from './probes/probedState';
import { ReportBook } from './ReportBook';
import { SharedProbes } from './SharedProbes';
import { Prometheus, type PrometheusOptions } from './telemetry/Prometheus';
import { TrafficLog } from './TrafficLog';
import { Inventory, type InventoryDeps } from './watched/Inventory';
import { keepingSecrets, KeptSecrets } from './watched/KeptSecrets';

/** What a Kubernetes cluster can do changes seldom. */
const PLATFORM_MAX_AGE_MS = 5 * 60_000;
/** Proxies are read once for all databases that ask in this time. */
const METRICS_MAX_AGE_MS = 50_000;
/** How long one replica of the portal probes before any may take over. */
const TURN_MS = 30_000;
/** After this the replica whose turn it is counts as gone. */
const TURN_TIMEOUT_SECONDS = 60;

export interface ObservingDeps {
  readonly clusters: KubernetesClusters;
  readonly databases: LiveDatabases;
  readonly createTools: ObserverDeps['createTools'];
  readonly platforms: NonNullable<ObserverDeps['platforms']>;
  readonly readDrift: NonNullable<ObserverDeps['readDrift']>;
  readonly history: Pick<
    History,
    | 'listBundles'
    | 'recordFindings'
    | 'saveProbes'
    | 'listProbes'
    | 'recordTraffic'
    | 'prune'
  >;
  readonly scheduler: Pick<SchedulerService, 'scheduleTask'>;
  readonly logger: LoggerService;
  /** Where the mesh's telemetry is collected; absent: proxies are asked. */
  readonly prometheus?: PrometheusOptions;
  /** Called with each group of probes that has run here. */
  readonly onRan?: (ran: RanProbes) => void;
  /** @default the system's */
  readonly clock?: Clock;
  readonly timing?: InventoryDeps['timing'] & { readonly turnMs?: number };
}

/** Everything that observes databases, as one. */
export interface Observing {
  readonly databases: Inventory;
  readonly reports: ReportBook;
  /** Begins to watch and to probe; ends once what watches tell is known. */
  start(): Promise<void>;
  /** Ends every watch and every timer. */
  stop(): Promise<void>;
}

/** Watches Kubernetes clusters and probes databases, for reports that are always there. */
export function createObserving(deps: ObservingDeps): Observing {
  const { history, logger } = deps;
  const clock = deps.clock ?? (() => new Date());
  const stopped = new AbortController();
  const inventory = new Inventory({
    clusters: deps.clusters,
    live: deps.databases,
    logger,
    clock,
    timing: deps.timing,
  });
  const traffic = new TrafficLog((ref, point) => {
    history
      .recordTraffic(ref, point)
      .catch(error => logger.warn(`Traffic was not kept: ${error.message}`));
  });
  const book = new ProbeBook({ clock, onRan: ran => onRan(ran) });
  const observer = createObserver(deps, { inventory, book, clock });
  let isLeading = false;
  const schedule = new ProbeSchedule({
    book,
    clock,
    databases: () =>
      inventory.entries().filter(({ database }) => database.state === 'ready'),
    targetOf: database => observer.target(database),
    free: deps.prometheus ? ['telemetry'] : [],
    onError: ({ ref }, error) =>
      logger.warn(`"${stringifyDatabaseRef(ref)}" was not probed: ${error}`),
  });
  const seen = new Map<string, { probed: string; edited: string }>();
  const reports = new ReportBook({
    inventory,
    observer,
    history,
    logger,
    clock,
    onFacts: (database, facts) => noteChange(database, facts),
  });
  const shared = new SharedProbes({
    book,
    history,
    logger,
    clock,
    isLeading: () => isLeading,
    onAdopted: ref => reports.changed(ref),
  });

  function onRan(ran: RanProbes): void {
    const { ref } = partsOf(ran.target.key);
    shared.add(ran);
    const { telemetry } = ran.answers;
    if (telemetry?.known) {
      traffic.note(ran.target.key, ref, telemetry.value, ran.ranAt);
    }
    reports.changed(ref);
    deps.onRan?.(ran);
  }

  /** Probes see something else once what they look at is something else. */
  function noteChange({ ref }: StoredDatabase, facts: Facts): void {
    const { namespace } = facts;
    if (!namespace.known) return;
    const key = keyOf(ref, namespace.value?.metadata.uid);
    const before = seen.get(key);
    const now = { probed: probedState(facts), edited: editedState(facts) };
    seen.set(key, now);
    if (before && before.probed !== now.probed) schedule.changed(key);
    if (before && before.edited !== now.edited) schedule.edited(key);
  }

  return {
    databases: inventory,
    reports,
    async start() {
      await shared.start();
      reports.start();
      const watching = inventory.start();
      await deps.scheduler.scheduleTask({
        id: 'ringfence-probes',
        scope: 'global',
        frequency: { seconds: 2 },
        // Watches tell first what there is to probe.
        initialDelay: { seconds: 1 },
        timeout: { seconds: TURN_TIMEOUT_SECONDS },
        fn: async signal => {
          // What the one before found out need not be found out again.
          await shared.adopt();
          isLeading = true;
          const turn = AbortSignal.timeout(deps.timing?.turnMs ?? TURN_MS);
          await schedule
            .run(AbortSignal.any([signal as AbortSignal, turn, stopped.signal]))
            .finally(() => {
              isLeading = false;
              return shared.save();
            });
        },
      });
      await watching;
    },
    async stop() {
      stopped.abort();
      await reports.stop();
      await inventory.stop();
      await shared.stop();
    },
  };
}

function createObserver(
  deps: ObservingDeps,
  {
    inventory,
    book,
    clock,
  }: { inventory: Inventory; book: ProbeBook; clock: Clock },
): Observer {
  const platforms = new FreshCache<Platform>({
    maxAgeMs: PLATFORM_MAX_AGE_MS,
    clock,
  });
  const keeping = new Map<string, KubernetesCluster>();
  return new Observer(
    {
      clusters: deps.clusters,
      createTools: deps.createTools,
      clock,
      sources: kubernetes => inventory.objectsOf(kubernetes),
      secrets: new KeptSecrets(clock),
      probes: book,
      prometheus: deps.prometheus && new Prometheus(deps.prometheus, clock),
      platforms: {
        read: (entry: UsableKubernetesCluster) =>
          platforms.get(entry.kubernetes.name, () =>
            deps.platforms.read(entry),
          ),
      },
      history: deps.history,
      readDrift: deps.readDrift,
      probeCluster(kubernetes) {
        const { name } = kubernetes;
        const kept = keeping.get(name) ?? keepingSecrets(kubernetes, clock);
        keeping.set(name, kept);
        return kept;
      },
    },
    { maxAgeMs: METRICS_MAX_AGE_MS },
  );
}
