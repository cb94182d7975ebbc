import { once } from 'node:events';
import net from 'node:net';
import {
  bridge,
  DialError,
  dial,
  type DialTarget,
} from '@ringfence/connection/dial';
import { ConnectError } from '../ConnectError';

/** Plaintext is taken from this machine (in Kubernetes: this pod) only. */
const LOCAL_HOST = '127.0.0.1';
const KEEP_ALIVE_DELAY_MS = 30_000;

/** What the proxy is to do. */
export interface ProxyOptions {
  /** 0 for any free one. */
  readonly localPort: number;
  /** Where each connection goes, verified. */
  readonly target: DialTarget;
  /** For DNS, TCP and TLS of one connection together. @default 10000 */
  readonly connectTimeoutMs?: number;
  /** How long {@link Proxy.close} waits for open connections. @default 5000 */
  readonly drainTimeoutMs?: number;
}

/** What the proxy needs from outside. */
export interface ProxyDeps {
  /** Takes one line. */
  readonly log: (line: string) => void;
  /** @default dial of `@ringfence/connection/dial` */
  readonly dial?: typeof dial;
}

/** A running proxy. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** How many clients are connected. */
  connectionCount(): number;
  /** Takes no new connections, waits for the open ones to end, closes what is left. */
  close(): Promise<void>;
  /** Closes everything at once. */
  destroy(): void;
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
  const clients = new Set<net.Socket>();
  const connectUpstream = upstreamConnector(options, deps);
  const server = net.createServer({
    // The end of one direction is not the end of the other.
    allowHalfOpen: true,
    // Nothing is read before there is somewhere to write it to.
    pauseOnConnect: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
  });
  server.on('connection', client => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    void serve(client, connectUpstream);
  });
  await listen(server, options.localPort);
  const { port } = server.address() as net.AddressInfo;
  const destroy = () => {
    server.close();
    clients.forEach(client => client.destroy());
  };
  return {
    host: LOCAL_HOST,
    port,
    connectionCount: () => clients.size,
    destroy,
    close: () => drain(server, options.drainTimeoutMs ?? 5_000, destroy),
  };
}

type ConnectUpstream = (signal: AbortSignal) => Promise<net.Socket | undefined>;

async function serve(
  client: net.Socket,
  connectUpstream: ConnectUpstream,
): Promise<void> {
  client.on('error', () => {});
  const gone = new AbortController();
  client.once('close', () => gone.abort(new Error('the client has gone')));
  const upstream = await connectUpstream(gone.signal);
  if (!upstream || client.destroyed) {
    upstream?.destroy();
    client.destroy();
    return;
  }
  await bridge(client, upstream);
}

/** Dials, and says each reason for a failure once until a connection comes about again. */
function upstreamConnector(
  options: ProxyOptions,
  deps: ProxyDeps,
): ConnectUpstream {
  let saidLast: string | undefined;
  return async signal => {
    try {
      const upstream = await (deps.dial ?? dial)(options.target, {
        timeoutMs: options.connectTimeoutMs,
        allowHalfOpen: true,
        signal,
      });
      if (saidLast !== undefined) deps.log('The gateway answers again');
      saidLast = undefined;
      return upstream;
    } catch (error) {
      if (signal.aborted) return undefined;
      const reason = wordsFor(error);
      if (reason !== saidLast) deps.log(reason);
      saidLast = reason;
      return undefined;
    }
  };
}

function wordsFor(error: unknown): string {
  return error instanceof DialError
    ? `Connection closed: ${error.message}. ${error.remedy}`
    : `Connection closed: ${error}`;
}

async function listen(server: net.Server, port: number): Promise<void> {
  try {
    server.listen(port, LOCAL_HOST);
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
