import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import type { LiveDatabases } from '../databases';
import type { StoredDatabase } from '../databases/Databases';
import type { History } from '../history';
import type { KubernetesClusters } from '../kubernetes/KubernetesClusters';
import { FindingsLog } from './FindingsLog';
import type { Clock } from './look';
import { createObserver } from './createObserver';
import type { ObserverDeps } from './Observer';
import { keyOf, partsOf, ProbeBook, type RanProbes } from './probes/ProbeBook';
import { ProbeSchedule } from './probes/ProbeSchedule';
import { SeenStates } from './probes/SeenStates';
import { ReportBook } from './ReportBook';
import { SharedProbes } from './SharedProbes';
import type { PrometheusOptions } from './telemetry/Prometheus';
import { TrafficLog } from './TrafficLog';
import { Inventory, type InventoryDeps } from './watched/Inventory';

/** How long one replica of the portal probes before any may take over. */
const TURN_MS = 20_000;
/** After this the replica whose turn it is counts as gone. */
const TURN_TIMEOUT_SECONDS = 35;
/** How often what is kept of databases that are gone is forgotten. */
const FORGET_MS = 60_000;

export interface ObservingDeps {
  readonly clusters: KubernetesClusters;
  readonly databases: LiveDatabases;
  readonly createTools: ObserverDeps['createTools'];
  readonly platforms: NonNullable<ObserverDeps['platforms']>;
  readonly history: Pick<
    History,
    | 'listBundles'
    | 'recordFindings'
    | 'saveProbes'
    | 'listProbes'
    | 'recordTraffic'
    | 'readComparisons'
    | 'saveComparisons'
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
  const { observer, ...kept } = createObserver(deps, {
    inventory,
    book,
    clock,
    signal: stopped.signal,
    onRead: ref => onRead(ref),
  });
  let isLeading = false;
  let forgetting: NodeJS.Timeout | undefined;
  const schedule = new ProbeSchedule({
    book,
    clock,
    databases: () => toProbe(),
    targetOf: database => observer.target(database),
    free: deps.prometheus ? ['telemetry'] : [],
    onError: ({ ref }, error) =>
      logger.warn(`"${stringifyDatabaseRef(ref)}" was not probed: ${error}`),
  });
  const seen = new SeenStates();
  const reports = new ReportBook({
    inventory,
    observer,
    logger,
    clock,
    onFacts: (database, facts) => noteChange(database, facts),
    onView: ref => schedule.wanted(inventory.keyOf(ref)),
  });
  const findings = new FindingsLog({ history, logger });
  const shared = new SharedProbes({
    book,
    history,
    logger,
    clock,
    isLeading: () => isLeading,
    onAdopted: ref => reports.changed(ref),
  });

  /** Before there are reports of what watches tell, probes would hold them up. */
  function toProbe() {
    return inventory
      .entries()
      .filter(
        ({ database: { ref, state } }) =>
          state === 'ready' && reports.hasTold(ref.kubernetesCluster),
      );
  }

  function onRead(ref: DatabaseRef): void {
    reports.changed(ref);
  }

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
    const { probed, edited } = seen.note(key, facts);
    if (probed) schedule.changed(key);
    if (edited) schedule.edited(key);
  }

  /** What is not known to be there may only not have been taken in yet. */
  function forgetGone(): void {
    const keys = new Set(inventory.entries().map(({ key }) => key));
    const isThere = (key: string) =>
      keys.has(key) || !inventory.isTakenIn(partsOf(key).ref.kubernetesCluster);
    [seen, book, traffic].forEach(it => it.retain(isThere));
    kept.retain(
      ref =>
        inventory.find(ref) !== undefined ||
        !inventory.isTakenIn(ref.kubernetesCluster),
    );
  }

  return {
    databases: inventory,
    reports,
    async start() {
      await shared.start();
      kept.platforms.start();
      forgetting = setInterval(forgetGone, FORGET_MS);
      forgetting.unref();
      findings.start();
      reports.subscribe(({ database, after }) =>
        findings.note(database.ref, after.findings),
      );
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
      clearInterval(forgetting);
      kept.platforms.stop();
      await reports.stop();
      await inventory.stop();
      await shared.stop();
      await findings.stop();
    },
  };
}
