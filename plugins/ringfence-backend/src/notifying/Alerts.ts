import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import {
  databaseEntityRef,
  stringifyDatabaseRef,
  type Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { StoredDatabase } from '../databases/Databases';
import type { AlertLog } from './AlertLog';
import { alertsOf, isOver, recoveryText } from './causes';

/** What {@link Alerts} works with. */
export interface AlertsDeps {
  readonly log: Pick<AlertLog, 'raise' | 'close' | 'list'>;
  readonly notifications: NotificationService;
  readonly logger: LoggerService;
  /** @default the system's */
  readonly clock?: () => Date;
}

/**
 * Tells the owner of a database when a check turns failing, when a certificate
 * will expire because its renewal is overdue, and when that is over: once for
 * each cause, whichever replica of the portal sees it first.
 */
export class Alerts {
  readonly #deps: AlertsDeps;
  readonly #clock: () => Date;
  /** Of each database one look at a time: an older report must not close what a newer one opened. */
  readonly #queues = new Map<string, Promise<void>>();
  #lastProblem?: string;

  constructor(deps: AlertsDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? (() => new Date());
  }

  /** Compares a report with what was told. Logs what goes wrong and throws nothing. */
  async look(database: StoredDatabase, report: Report): Promise<void> {
    // While it is being changed, much fails that is not worth a word.
    if (database.state !== 'ready') return;
    const key = stringifyDatabaseRef(database.ref);
    const before = this.#queues.get(key) ?? Promise.resolve();
    const looked = before
      .then(() => this.#look(database, report))
      .catch(error => this.#warn(error));
    this.#queues.set(key, looked);
    await looked;
    if (this.#queues.get(key) === looked) this.#queues.delete(key);
  }

  async #look(database: StoredDatabase, report: Report): Promise<void> {
    const { log } = this.#deps;
    const now = this.#clock();
    for (const cause of await log.list(database.ref)) {
      if (!isOver(cause, report, now)) continue;
      if (!(await log.close(database.ref, cause))) continue;
      await this.#send(database, {
        cause,
        title: `${stringifyDatabaseRef(database.ref)}: recovered`,
        description: recoveryText(cause, report),
        severity: 'low',
      });
    }
    for (const alert of alertsOf(report, now)) {
      if (!(await log.raise(database.ref, alert, now))) continue;
      try {
        await this.#send(database, alert);
      } catch (error) {
        // It was not told: the next look tries again.
        await log.close(database.ref, alert.cause);
        throw error;
      }
    }
  }

  async #send(
    { ref, spec }: StoredDatabase,
    alert: {
      readonly cause: string;
      readonly title: string;
      readonly description: string;
      readonly severity: 'critical' | 'high' | 'normal' | 'low';
    },
  ): Promise<void> {
    const { title, description, severity } = alert;
    const { kind, namespace, name } = parseEntityRef(databaseEntityRef(ref));
    await this.#deps.notifications.send({
      recipients: { type: 'entity', entityRef: spec.owner },
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

  /** Without a notifications backend each of them fails in the same way: said once. */
  #warn(error: unknown): void {
    const { message } = toError(error);
    if (message === this.#lastProblem) return;
    this.#lastProblem = message;
    this.#deps.logger.warn(
      `An owner was not notified: ${message}. Is @backstage/plugin-notifications-backend installed? ringfence.notifications.enabled: false switches notifications off`,
    );
  }
}
