import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
  type Finding,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { History } from '../history';

/** How often some are written down, and how many then. */
const EVERY_MS = 1_000;
const AT_ONCE = 20;

export interface FindingsLogDeps {
  readonly history: Pick<History, 'recordFindings'>;
  readonly logger: LoggerService;
}

/**
 * Writes down what reports say last, some databases at a time: after a start
 * they are many, and nobody waits for it.
 */
export class FindingsLog {
  readonly #deps: FindingsLogDeps;
  readonly #pending = new Map<
    string,
    { readonly ref: DatabaseRef; readonly findings: readonly Finding[] }
  >();
  #timer?: NodeJS.Timeout;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: FindingsLogDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#writing = this.#writing.then(() => this.write(AT_ONCE));
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Ends it; what is left is written down first. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.write(this.#pending.size);
  }

  /** Has the findings on a database written down soon, in the place of what is not yet. */
  note(ref: DatabaseRef, findings: readonly Finding[]): void {
    this.#pending.set(stringifyDatabaseRef(ref), { ref, findings });
  }

  /** Writes some down now; throws nothing. */
  async write(count: number): Promise<void> {
    const some = [...this.#pending].slice(0, count);
    if (some.length === 0) return;
    some.forEach(([name]) => this.#pending.delete(name));
    await this.#deps.history
      .recordFindings(some.map(([, said]) => said))
      .catch(error => {
        const names = some.map(([name]) => `"${name}"`).join(', ');
        this.#deps.logger.warn(
          `Findings were not kept (${names}): ${error.message}`,
        );
      });
  }
}
