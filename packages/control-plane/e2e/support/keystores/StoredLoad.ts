import { setTimeout as delay } from 'node:timers/promises';
import { policies, type Client } from 'cassandra-driver';
import type { Identity, StoredRing } from './StoredRing';

/** Lets a machine of two cores do something else as well. */
const PAUSE_MS = 5;
const QUERY = 'SELECT item FROM shop.carts WHERE id = ?';
const INSERT = 'INSERT INTO shop.carts (id, item) VALUES (?, ?)';

class CountedRetries extends policies.retry.RetryPolicy {
  count = 0;

  onRequestError(
    ...args: Parameters<policies.retry.RetryPolicy['onRequestError']>
  ) {
    this.count++;
    return super.onRequestError(...args);
  }

  onUnavailable(
    ...args: Parameters<policies.retry.RetryPolicy['onUnavailable']>
  ) {
    this.count++;
    return super.onUnavailable(...args);
  }
}

/**
 * Clients that read and write at LOCAL_QUORUM without a pause. Their driver has
 * its own retry policy, which tries an idempotent statement on the next node
 * where a connection ends; the tries are counted, and what fails in spite of
 * them is kept.
 */
export class StoredLoad {
  readonly failed: string[] = [];
  succeeded = 0;
  readonly retries = new CountedRetries();
  readonly #stopped = new AbortController();
  #running: Promise<void>[] = [];
  #identity: Identity;
  /** Of each client: another than the present one calls for a new driver. */
  #present: Identity[] = [];

  private constructor(private readonly ring: StoredRing, identity: Identity) {
    this.#identity = identity;
  }

  static async start(
    ring: StoredRing,
    identity: Identity,
    clients: number,
  ): Promise<StoredLoad> {
    const load = new StoredLoad(ring, identity);
    for (let id = 0; id < clients; id++) {
      load.#present[id] = identity;
      const driver = await load.#connect();
      load.#running.push(load.#run(id, driver));
    }
    return load;
  }

  /** Gives all clients another bundle; resolves when each has connected anew with it. */
  async takeBundle(identity: Identity): Promise<void> {
    this.#identity = identity;
    while (this.#present.some(it => it !== identity)) await delay(50);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
  }

  async #connect(): Promise<Client> {
    const driver = await this.ring.driver(this.#identity, {
      policies: { retry: this.retries },
    });
    await driver.connect();
    return driver;
  }

  async #run(id: number, first: Client): Promise<void> {
    let driver = first;
    for (let round = 0; !this.#stopped.signal.aborted; round++) {
      if (this.#present[id] !== this.#identity) {
        const identity = this.#identity;
        await driver.shutdown();
        driver = await this.#connect();
        this.#present[id] = identity;
      }
      await this.#query(driver, id, round);
      await delay(PAUSE_MS);
    }
    await driver.shutdown();
  }

  async #query(driver: Client, id: number, round: number): Promise<void> {
    const prepare = { prepare: true };
    try {
      if (round % 2 === 0) {
        await driver.execute(INSERT, [id, `item ${round}`], prepare);
      } else await driver.execute(QUERY, [id], prepare);
      this.succeeded++;
    } catch (error) {
      this.failed.push(
        `${new Date().toISOString()} ${(error as Error).message}`,
      );
    }
  }
}
