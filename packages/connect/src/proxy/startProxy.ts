import { once } from 'node:events';
import net from 'node:net';
import { bridgeFed, DialError, Feed } from '@ringfence/connection/dial';
import { ConnectError } from '../ConnectError';
import { NotCqlError, type Rewrite } from '../cql';
import type { Gateways } from '../gateways';
import { ceilingOf, type Ceiling } from './ceiling';
import { Complaints } from './Complaints';
import { refuse } from './refuse';
import { Turns } from './Turns';

/** Plaintext is taken from this machine (in Kubernetes: this pod) only. */
const LOCAL_HOST = '127.0.0.1';
const KEEP_ALIVE_DELAY_MS = 30_000;
/** First byte of a TLS handshake. No client of a database begins with it. */
const TLS_HANDSHAKE = 0x16;
/** What is kept for a client that is slower than the gateway, and read of one that is faster. */
const BUFFER_BYTES = 256 * 1024;
/** Clients that come while all of these are busy wait their turn: all at once would all be late. */
const HANDSHAKES_AT_ONCE = 256;
/** As many as the kernel takes by default. */
const BACKLOG = 4096;

/** What the proxy is to do. */
export interface ProxyOptions {
  /** 0 for any free one. */
  readonly localPort: number;
  /** Where each connection goes, verified. */
  readonly gateways: Pick<Gateways, 'dial'>;
  /** How many clients may be connected, where open files allow as many. @default 5000 */
  readonly maxConnections?: number;
  /** For DNS, TCP and TLS of one connection together. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** How long {@link Proxy.close} waits for open connections. @default 5000 */
  readonly drainTimeoutMs?: number;
  /** Changes what passes between client and gateway. @default nothing */
  readonly rewrite?: Rewrite;
}

/** What the proxy needs from outside. */
export interface ProxyDeps {
  /** Takes one line. */
  readonly log: (line: string) => void;
}

/** What has come to pass since the proxy began. */
export interface ProxyCounts {
  /** Carried to the gateway. */
  readonly carried: number;
  /** Closed, since no gateway answered or none verified. */
  readonly failed: number;
  /** Closed, since the ceiling was reached. */
  readonly refused: number;
}

/** A running proxy. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** How many clients are connected. */
  connectionCount(): number;
  counts(): ProxyCounts;
  /** Whether the gateway answered when it was last dialled. */
  gatewayAnswers(): boolean;
  /** Takes no new connections, waits for the open ones to end, closes what is left. */
  close(): Promise<void>;
  /** Closes everything at once. */
  destroy(): void;
}

/** The clients, and what became of those that went. */
class Serving {
  /** Those that count towards the ceiling. */
  readonly clients = new Set<net.Socket>();
  /** All that are open, refused ones, too. */
  readonly sockets = new Set<net.Socket>();
  readonly counts = { carried: 0, failed: 0, refused: 0 };
  /** Why the gateway could not be had when it was last dialled. */
  trouble: string | undefined;
  readonly #options: ProxyOptions;
  readonly #log: (line: string) => void;
  readonly #complaints: Complaints;
  readonly #ceiling: Ceiling;
  readonly #handshakes = new Turns(HANDSHAKES_AT_ONCE);

  constructor(options: ProxyOptions, { log }: ProxyDeps) {
    this.#options = options;
    this.#log = log;
    this.#complaints = new Complaints(log);
    this.#ceiling = ceilingOf(options.maxConnections);
  }

  async serve(client: net.Socket): Promise<void> {
    client.on('error', () => {});
    this.sockets.add(client);
    client.once('close', () => this.sockets.delete(client));
    if (this.clients.size >= this.#ceiling.clients) {
      this.counts.refused++;
      this.#complaints.say(this.#ceiling.text);
      refuse(client, this.#ceiling.text);
      return;
    }
    this.clients.add(client);
    const gone = new AbortController();
    client.once('close', () => {
      this.clients.delete(client);
      gone.abort(new Error('the client has gone'));
    });
    // What is rewritten has to be read first.
    const feed = this.#options.rewrite ? undefined : new Feed(client);
    const upstream = await this.#connect(gone.signal, feed);
    if (!upstream || client.destroyed) {
      upstream?.destroy();
      client.destroy();
      return;
    }
    this.counts.carried++;
    this.#expectPlaintext(client, upstream);
    if (feed) await bridgeFed(client, upstream, feed);
    else await this.#rewrite(client, upstream);
  }

  async #rewrite(client: net.Socket, upstream: net.Socket): Promise<void> {
    try {
      await this.#options.rewrite?.(client, upstream, client.localPort ?? 0);
    } catch (error) {
      if (!(error instanceof NotCqlError)) throw error;
      this.#complaints.say(
        `Connection closed: ${error.seen} is not CQL of version 3 or 4, which is all that --rewrite-peers carries. Point at ${LOCAL_HOST} only clients of the database`,
      );
    }
  }

  async #connect(
    signal: AbortSignal,
    feed?: Feed,
  ): Promise<net.Socket | undefined> {
    try {
      const { socket } = await this.#handshakes.take(signal, () =>
        this.#options.gateways.dial({
          timeoutMs: this.#options.connectTimeoutMs,
          allowHalfOpen: true,
          signal,
          feed,
        }),
      );
      if (this.trouble) {
        this.#complaints.forget(this.trouble);
        this.#log('The gateway answers again');
      }
      this.trouble = undefined;
      return socket;
    } catch (error) {
      if (signal.aborted) return undefined;
      this.counts.failed++;
      this.trouble = wordsFor(error);
      this.#complaints.say(this.trouble);
      return undefined;
    }
  }

  /** A client that speaks TLS to this port would wait for an answer that never comes. */
  #expectPlaintext(client: net.Socket, upstream: net.Socket): void {
    client.prependOnceListener('data', (chunk: Buffer) => {
      if (chunk[0] !== TLS_HANDSHAKE) return;
      this.#complaints.say(
        `Connection closed: a client speaks TLS to ${LOCAL_HOST}:${client.localPort}, which takes plaintext. Switch TLS off in that client: ringfence-connect does it`,
      );
      upstream.destroy();
      client.destroy();
    });
  }
}

/**
 * Listens on loopback and carries each connection to the gateway over
 * verified TLS. A gateway that does not answer closes that client only.
 *
 * @throws ConnectError where the port cannot be listened on
 */
export async function startProxy(
  options: ProxyOptions,
  deps: ProxyDeps,
): Promise<Proxy> {
  const serving = new Serving(options, deps);
  const server = net.createServer({
    // The end of one direction is not the end of the other.
    allowHalfOpen: true,
    // Nothing is read before there is somewhere to write it to.
    pauseOnConnect: true,
    highWaterMark: BUFFER_BYTES,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
  });
  server.on('connection', client => void serving.serve(client));
  await listen(server, options.localPort);
  const { port } = server.address() as net.AddressInfo;
  const destroy = () => {
    server.close();
    serving.sockets.forEach(socket => socket.destroy());
  };
  return {
    host: LOCAL_HOST,
    port,
    connectionCount: () => serving.clients.size,
    counts: () => ({ ...serving.counts }),
    gatewayAnswers: () => serving.trouble === undefined,
    destroy,
    close: () => drain(server, options.drainTimeoutMs ?? 5_000, destroy),
  };
}

function wordsFor(error: unknown): string {
  return error instanceof DialError
    ? `Connection closed: ${error.message}. ${error.remedy}`
    : `Connection closed: ${error}`;
}

async function listen(server: net.Server, port: number): Promise<void> {
  try {
    server.listen(port, LOCAL_HOST, BACKLOG);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConnectError(
      'LocalPort',
      code === 'EADDRINUSE'
        ? `Port ${LOCAL_HOST}:${port} is taken by another program`
        : `Port ${LOCAL_HOST}:${port} cannot be listened on (${code})`,
      'Choose another with --local-port or LOCAL_PORT, such as --local-port 19042',
      error,
    );
  }
}

async function drain(
  server: net.Server,
  timeoutMs: number,
  destroy: () => void,
): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(destroy, timeoutMs);
  try {
    await closed;
  } finally {
    clearTimeout(timer);
  }
}
