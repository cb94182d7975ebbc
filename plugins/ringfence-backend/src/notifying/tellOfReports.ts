import type {
  AuthService,
  DatabaseService,
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { Reports } from '../observing';
import { AlertLog } from './AlertLog';
import { Alerts } from './Alerts';
import { Owners } from './Owners';
import { ReportSignals } from './ReportSignals';

/** A certificate comes nearer to its end, and provisioning does not end, without any change of a report. */
const LOOK_EVERY = { minutes: 15 };

/** What {@link tellOfReports} works with. */
export interface TellingDeps {
  readonly reports: Pick<Reports, 'all' | 'unreadable' | 'subscribe'>;
  readonly auth: AuthService;
  readonly catalog: CatalogService;
  readonly config: Config;
  readonly database: DatabaseService;
  readonly lifecycle: Pick<LifecycleService, 'addShutdownHook'>;
  readonly logger: LoggerService;
  readonly notifications: NotificationService;
  readonly scheduler: Pick<SchedulerService, 'scheduleTask'>;
  readonly signals: SignalsService;
}

/** Tells browsers of every changed report, and owners of what they should know of. */
export async function tellOfReports(deps: TellingDeps): Promise<void> {
  const { reports, config, lifecycle, logger } = deps;
  const signals = new ReportSignals({ signals: deps.signals, logger });
  const unsubscribe = [
    reports.subscribe(({ database }) => signals.changed(database.ref)),
  ];
  if (config.getOptionalBoolean('ringfence.notifications.enabled') ?? true) {
    unsubscribe.push(await startAlerts(deps));
  }
  lifecycle.addShutdownHook(() => {
    unsubscribe.forEach(end => end());
    signals.stop();
  });
}

async function startAlerts(deps: TellingDeps): Promise<() => void> {
  const { reports, database, notifications, logger, scheduler } = deps;
  const log = await AlertLog.create(database);
  const owners = new Owners(deps);
  const alerts = new Alerts({ log, notifications, owners, logger });
  await scheduler.scheduleTask({
    id: 'ringfence-alerts',
    frequency: LOOK_EVERY,
    timeout: { minutes: 10 },
    // Each replica knows the reports that it has seen, so each one looks.
    scope: 'local',
    async fn() {
      for (const known of reports.all()) {
        if (known.report) await alerts.look(known.database, known.report);
      }
      for (const unreadable of reports.unreadable()) {
        await alerts.lookUnreadable(unreadable);
      }
    },
  });
  const unsubscribe = reports.subscribe(change => {
    void alerts.look(change.database, change.after);
  });
  return () => {
    unsubscribe();
    alerts.stop();
  };
}
