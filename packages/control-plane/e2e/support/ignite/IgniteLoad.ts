import { setTimeout as delay } from 'node:timers/promises';
import type {
  DatabaseTools,
  IgniteSession,
  Login,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Way } from '../cql';
import { Rest } from './rest';

const PAUSE_MS = 2;
const QUERY = 'SELECT NODE_ID FROM SYS.NODES';

const times = <T>(count: number, make: () => T): T[] =>
  Array.from({ length: count }, make);

/** A request that failed: no other try is made. */
export interface FailedRequest {
  readonly at: string;
  readonly message: string;
}

/** Where thin clients and REST ask. */
export interface LoadOptions {
  readonly way: Way;
  readonly tools: DatabaseTools;
  readonly login: Login;
  readonly via: Via;
  readonly thinClients: number;
  readonly restClients: number;
}

/** One client: how it asks, and how it begins anew. */
interface Client {
  ask(): Promise<unknown>;
  /** With a new handshake. */
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** Clients of both kinds that ask through the gateway without a pause, and are told of every request that fails. */
export class IgniteLoad {
  readonly failed: FailedRequest[] = [];
  succeeded = 0;
  /** Clients that ended their connection and made another one while the rest went on. */
  renewed = 0;
  readonly #stopped = new AbortController();
  #generation = 0;
  #running: Promise<void>[] = [];

  static async start(options: LoadOptions): Promise<IgniteLoad> {
    const load = new IgniteLoad();
    const clients = [
      ...times(options.thinClients, () => thinClient(options)),
      ...times(options.restClients, () => restClient(options.way)),
    ];
    for (const client of clients) await client.begin();
    load.#running = clients.map(client => load.#run(client));
    return load;
  }

  /** Has every client begin anew, each between two of its requests. */
  renew(): void {
    this.#generation++;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
  }

  async #run(client: Client): Promise<void> {
    let generation = 0;
    while (!this.#stopped.signal.aborted) {
      try {
        if (generation !== this.#generation) {
          generation = this.#generation;
          await client.end();
          await client.begin();
          this.renewed++;
        }
        await client.ask();
        this.succeeded++;
      } catch (error) {
        const { message } = error as Error;
        this.failed.push({ at: new Date().toISOString(), message });
      }
      await delay(PAUSE_MS);
    }
    await client.end();
  }
}

function thinClient({ tools, login, via }: LoadOptions): Client {
  let session: IgniteSession;
  return {
    ask: () => session.query(QUERY),
    begin: async () => {
      session = await tools.ignite(login, via);
    },
    end: () => session.close(),
  };
}

/** Asks what needs no login: each login takes Ignite a tenth of a second of computing. */
function restClient(way: Way): Client {
  const rest = new Rest(way);
  return {
    ask: async () => {
      const { successStatus, error } = await rest.askAnonymously('version');
      if (successStatus !== 0) throw new Error(`REST: ${error}`);
    },
    begin: async () => {},
    end: async () => rest.close(),
  };
}
