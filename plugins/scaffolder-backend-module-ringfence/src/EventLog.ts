import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';

/** A task's log must not be silent for 15 s: load balancers cut its stream. */
const TELL_AFTER_MS = 14_000;

/** The same wait is told again after this long, even if nothing about it changed. */
const REPEAT_WAIT_MS = 10_000;

/** Turns the events of a change into lines of a task's log. */
export class EventLog {
  readonly #logger: Pick<LoggerService, 'info'>;
  readonly #inPlace: string[] = [];
  #unchanged = 0;
  #stage = 'the answer of the Ringfence backend';
  #waiting?: { line: string; sinceMs: number };
  #silence?: NodeJS.Timeout;
  #lastWaitAt = 0;

  constructor(logger: Pick<LoggerService, 'info'>) {
    this.#logger = logger;
    this.#watchSilence();
  }

  /** Objects that were there when they were last heard of, such as `Certificate orders/orders-ca`. */
  get inPlace(): readonly string[] {
    return this.#inPlace;
  }

  add(event: ProvisioningEvent): void {
    switch (event.type) {
      case 'stage':
        this.#tellUnchanged();
        this.#stage = event.stage;
        this.#waiting = undefined;
        this.#info(`[${event.index}/${event.count}] ${event.stage}`);
        break;
      case 'object':
        this.#addObject(event);
        break;
      case 'info':
        this.#info(event.message);
        break;
      case 'waiting':
        this.#addWait(event);
        break;
      default:
        break;
    }
  }

  /** Ends the watch over silence; the last lines are the caller's. */
  close(): void {
    this.#tellUnchanged();
    clearTimeout(this.#silence);
  }

  #addObject(event: ProvisioningEvent & { type: 'object' }): void {
    this.#remove(event.object);
    if (event.change !== 'deleted') this.#inPlace.push(event.object);
    if (event.change === 'unchanged') this.#unchanged += 1;
    else this.#info(`${event.change} ${event.object}`);
  }

  #addWait(event: ProvisioningEvent & { type: 'waiting' }): void {
    const seconds = Math.round(event.elapsedMs / 1000);
    const line = `waiting for ${event.wait}: ${event.why}`;
    const sinceMs = Date.now() - event.elapsedMs;
    const told =
      this.#waiting?.line === line &&
      Date.now() - this.#lastWaitAt < REPEAT_WAIT_MS;
    this.#waiting = { line, sinceMs };
    if (told) return;
    this.#lastWaitAt = Date.now();
    this.#info(`${line} (${seconds} s)`);
  }

  #remove(object: string): void {
    const index = this.#inPlace.indexOf(object);
    if (index >= 0) this.#inPlace.splice(index, 1);
  }

  #tellUnchanged(): void {
    if (this.#unchanged === 0) return;
    const objects = this.#unchanged === 1 ? 'object is' : 'objects are';
    this.#info(`${this.#unchanged} ${objects} as asked already`);
    this.#unchanged = 0;
  }

  #info(line: string): void {
    this.#logger.info(line);
    this.#watchSilence();
  }

  #watchSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(
      () => this.#info(this.#stillWaiting()),
      TELL_AFTER_MS,
    );
  }

  #stillWaiting(): string {
    if (!this.#waiting) return `still at: ${this.#stage}`;
    const { line, sinceMs } = this.#waiting;
    return `${line} (${Math.round((Date.now() - sinceMs) / 1000)} s)`;
  }
}
