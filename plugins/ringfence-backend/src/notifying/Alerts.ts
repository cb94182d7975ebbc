import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import {
  databaseEntityRef,
  stringifyDatabaseRef,
  type DatabaseRef,
  type Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  StoredDatabase,
  UnreadableDatabase,
} from '../databases/Databases';
import type { AlertLog } from './AlertLog';
import {
  alertsOf,
  isOver,
  recoveryText,
  stuckAlert,
  unreadableAlert,
  type Alert,
} from './causes';
import type { Owners } from './Owners';
import { Settled } from './Settled';

/** After which time the first look is repeated that could not be told, doubled each time. */
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 5 * 60_000;

type Told = Pick<Alert, 'cause' | 'title' | 'description'> & {
  readonly severity: Alert['severity'] | 'low';
};

interface Owned {
  readonly ref: DatabaseRef;
  readonly owner: string;
}

interface Look {
  readonly database: StoredDatabase;
  readonly report: Report;
}

/** What {@link Alerts} works with. */
export interface AlertsDeps {
  readonly log: Pick<AlertLog, 'raise' | 'close' | 'list'>;
  readonly notifications: NotificationService;
  readonly owners: Pick<Owners, 'requireReachable'>;
  readonly logger: LoggerService;
  /** @default the system's */
  readonly clock?: () => Date;
}

/**
 * Tells the owner of a database when a check turns failing, when a certificate
 * will expire because its renewal is overdue, when provisioning does not end, and
 * when that is over: once for each cause, whichever replica of the portal sees it
 * first.
 */
export class Alerts {
  readonly #deps: AlertsDeps;
  readonly #clock: () => Date;
  readonly #settled: Settled;
  /** Of each database one look at a time: an older report must not close what a newer one opened. */
  readonly #queues = new Map<string, Promise<void>>();
  /** Looks of which something could not be told, the newest of each database. */
  readonly #untold = new Map<string, Look>();
  #retryMs = RETRY_MS;
  #retry?: NodeJS.Timeout;
  #stopped = false;
  #lastProblem?: string;

  constructor(deps: AlertsDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? (() => new Date());
    this.#settled = new Settled(this.#clock);
  }

  /**
   * Compares a report with what was told. What could not be told is tried again
   * until it is; logs what goes wrong and throws nothing.
   */
  async look(database: StoredDatabase, report: Report): Promise<void> {
    const key = stringifyDatabaseRef(database.ref);
    this.#untold.delete(key);
    if (!this.#settled.is(database)) return;
    const before = this.#queues.get(key) ?? Promise.resolve();
    const looked = before
      .then(() => this.#look(database, report))
      .catch(error => {
        this.#warn(error);
        this.#untold.set(key, { database, report });
        this.#retrySoon();
      });
    this.#queues.set(key, looked);
    await looked;
    if (this.#queues.get(key) === looked) this.#queues.delete(key);
  }

  /**
   * The same of one whose spec cannot be read, of which nothing else is known.
   * Its next report says that it is over.
   */
  async lookUnreadable(database: UnreadableDatabase): Promise<void> {
    const { ref, owner, state } = database;
    // While it is being made, its spec is only about to be written.
    if (owner === undefined || state !== 'ready') return;
    const alert = unreadableAlert(database);
    const { log, owners } = this.#deps;
    try {
      await owners.requireReachable(owner);
      if (!(await log.raise(ref, alert, this.#clock()))) return;
      await this.#tell({ ref, owner }, alert, () =>
        log.close(ref, alert.cause),
      );
    } catch (error) {
      this.#warn(error);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
  }

  #retrySoon(): void {
    if (this.#retry || this.#stopped) return;
    this.#retry = setTimeout(async () => {
      const looks = [...this.#untold.values()];
      for (const { database, report } of looks) {
        await this.look(database, report);
      }
      this.#retry = undefined;
      const failed = this.#untold.size > 0;
      this.#retryMs = failed
        ? Math.min(this.#retryMs * 2, LONGEST_RETRY_MS)
        : RETRY_MS;
      if (failed) this.#retrySoon();
    }, this.#retryMs);
    this.#retry.unref();
  }

  async #look(database: StoredDatabase, report: Report): Promise<void> {
    const { log, owners } = this.#deps;
    const now = this.#clock();
    const open = await log.list(database.ref);
    const stuckSince = this.#settled.stuckSince(database);
    const alerts = [
      ...(stuckSince ? [stuckAlert(database.ref, stuckSince)] : []),
      ...alertsOf(report, now),
    ];
    const over = open
      .filter(cause => !alerts.some(alert => alert.cause === cause))
      .filter(cause => isOver(cause, report, now));
    if (over.length + alerts.length === 0) return;
    const owned = { ref: database.ref, owner: database.spec.owner };
    await owners.requireReachable(owned.owner);
    for (const cause of over) {
      if (!(await log.close(database.ref, cause))) continue;
      await this.#tell(owned, recovery(database, cause, report), () =>
        log.raise(database.ref, { cause, level: 0 }, now),
      );
    }
    for (const alert of alerts) {
      if (!(await log.raise(database.ref, alert, now))) continue;
      await this.#tell(owned, alert, () =>
        log.close(database.ref, alert.cause),
      );
    }
  }

  /** @param forget makes it untold again where it could not be told */
  async #tell(
    database: Owned,
    alert: Told,
    forget: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await this.#send(database, alert);
    } catch (error) {
      await forget();
      throw error;
    }
  }

  async #send({ ref, owner }: Owned, alert: Told): Promise<void> {
    const { title, description, severity } = alert;
    const { kind, namespace, name } = parseEntityRef(databaseEntityRef(ref));
    await this.#deps.notifications.send({
      recipients: { type: 'entity', entityRef: owner },
      payload: {
        title,
        description,
        severity,
        link: `/catalog/${namespace}/${kind}/${name}`,
        topic: 'ringfence',
        // A later one of the same scope takes the place of the one before.
        scope: `ringfence:${stringifyDatabaseRef(ref)}/${alert.cause}`,
      },
    });
  }

  /** Many of them fail in the same way: said once. */
  #warn(error: unknown): void {
    const { message } = toError(error);
    if (message === this.#lastProblem) return;
    this.#lastProblem = message;
    this.#deps.logger.warn(
      `An owner was not notified, which is tried again: ${message}. Is @backstage/plugin-notifications-backend installed? ringfence.notifications.enabled: false switches notifications off`,
    );
  }
}

function recovery(
  { ref }: StoredDatabase,
  cause: string,
  report: Report,
): Told {
  return {
    cause,
    title: `${stringifyDatabaseRef(ref)}: recovered`,
    description: recoveryText(cause, report),
    severity: 'low',
  };
}
