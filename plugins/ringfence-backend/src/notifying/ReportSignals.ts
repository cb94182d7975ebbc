import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  REPORT_SIGNAL,
  reportSignalId,
  stringifyDatabaseRef,
  type DatabaseRef,
  type ReportSignal,
} from '@ringfence/backstage-plugin-ringfence-common';

/** While a database is being changed its report changes many times a second. */
const AT_MOST_EVERY_MS = 1000;

/**
 * Tells everybody's browser that the report on a database changed. The message
 * does not name it: who may see it knows it by its id. What is in the report is
 * asked for, and answered by permission.
 */
export class ReportSignals {
  readonly #signals: SignalsService;
  readonly #logger: LoggerService;
  /** Databases told of a moment ago, and whether they changed since. */
  readonly #resting = new Map<string, { changed: boolean }>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(deps: { signals: SignalsService; logger: LoggerService }) {
    this.#signals = deps.signals;
    this.#logger = deps.logger;
  }

  /** At once, or once more at the end of a second in which it was told of already. */
  changed(ref: DatabaseRef): void {
    const database = stringifyDatabaseRef(ref);
    const resting = this.#resting.get(database);
    if (resting) resting.changed = true;
    else this.#tell(database);
  }

  stop(): void {
    this.#timers.forEach(timer => clearTimeout(timer));
  }

  #tell(database: string): void {
    const resting = { changed: false };
    this.#resting.set(database, resting);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#resting.delete(database);
      if (resting.changed) this.#tell(database);
    }, AT_MOST_EVERY_MS);
    timer.unref();
    this.#timers.add(timer);
    const message: ReportSignal = { id: reportSignalId(database) };
    this.#signals
      .publish({
        recipients: { type: 'broadcast' },
        channel: REPORT_SIGNAL,
        message,
      })
      .catch(error =>
        this.#logger.debug('A signal was not sent', toError(error)),
      );
  }
}
