import { setTimeout as delay } from 'node:timers/promises';
import { policies, type Client } from 'cassandra-driver';
import { until } from '../../src';
import { createDriver, type Way } from './cql';

/** Lets a machine of two cores do something else as well. */
const PAUSE_MS = 5;
const RECONNECTED_WITHIN_MS = 30_000;
const QUERY = 'SELECT item FROM shop.carts WHERE id = ?';
const INSERT = 'INSERT INTO shop.carts (id, item) VALUES (?, ?)';

/** A query that did not succeed at once. */
export interface FailedQuery {
  readonly at: string;
  readonly message: string;
}

class Worker {
  running: Promise<void> = Promise.resolve();
  mustReconnect = false;

  constructor(readonly id: number, public driver: Client) {}
}

/**
 * Clients that read and write through the gateway without a pause, and are
 * told of every query that fails: nothing is tried a second time.
 */
export class Load {
  readonly failed: FailedQuery[] = [];
  succeeded = 0;
  /** Drivers that were shut down and made anew while others went on. */
  reconnected = 0;
  readonly #stopped = new AbortController();
  readonly #workers: Worker[] = [];

  #way: Way;

  private constructor(way: Way) {
    this.#way = way;
  }

  /** @param clients - drivers, each with connections of its own */
  static async start(way: Way, clients: number): Promise<Load> {
    const load = new Load(way);
    for (let id = 0; id < clients; id++) {
      const worker = new Worker(id, await load.#connect());
      load.#workers.push(worker);
      worker.running = load.#run(worker);
    }
    return load;
  }

  /** Gives one client a new driver, and so new handshakes, between two of its queries. */
  reconnect(client: number): void {
    this.#workers[client].mustReconnect = true;
  }

  /** Gives all clients another bundle; resolves when each has come in anew with it. */
  async takeBundle(way: Way): Promise<void> {
    this.#way = way;
    for (const worker of this.#workers) worker.mustReconnect = true;
    await until('all clients are in anew', RECONNECTED_WITHIN_MS, async () =>
      this.#workers.every(({ mustReconnect }) => !mustReconnect),
    );
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#workers.map(({ running }) => running));
    await Promise.all(this.#workers.map(({ driver }) => driver.shutdown()));
  }

  async #connect(): Promise<Client> {
    const driver = createDriver(this.#way, {
      retry: new policies.retry.FallthroughRetryPolicy(),
      speculativeExecution:
        new policies.speculativeExecution.NoSpeculativeExecutionPolicy(),
    });
    await driver.connect();
    return driver;
  }

  async #run(worker: Worker): Promise<void> {
    for (let round = 0; !this.#stopped.signal.aborted; round++) {
      if (worker.mustReconnect) await this.#replace(worker);
      await this.#query(worker, round);
      await delay(PAUSE_MS);
    }
  }

  async #query({ driver, id }: Worker, round: number): Promise<void> {
    const prepare = { prepare: true };
    const item = `item ${round}`;
    try {
      if (round % 2 === 0) await driver.execute(INSERT, [id, item], prepare);
      else await driver.execute(QUERY, [id], prepare);
      this.succeeded++;
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  async #replace(worker: Worker): Promise<void> {
    try {
      await worker.driver.shutdown();
      worker.driver = await this.#connect();
      this.reconnected++;
    } catch (error) {
      this.#fail(error as Error);
    }
    worker.mustReconnect = false;
  }

  #fail({ message }: Error): void {
    this.failed.push({ at: new Date().toISOString(), message });
  }
}
