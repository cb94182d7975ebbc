import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Flow, FlowConnection } from '../telemetry/types';
import { clientModeOf, ListenerServer } from './ListenerServer';
import { relay } from './relay';
import type {
  Gateway,
  GatewayListener,
  GatewayOptions,
  GatewayUpstream,
  TlsIdentity,
} from './types';
import { Upstreams } from './upstreams';

const CONNECT_TIMEOUT_MS = 2000;

const NOT_COUNTED: FlowConnection = {
  received: () => {},
  sent: () => {},
  close: () => {},
};

/** Ends TLS and passes connections on; listens once it has been given listeners. */
export class TcpGateway implements Gateway {
  readonly #listeners = new Map<string, ListenerServer>();
  readonly #upstreams: Upstreams;
  /** As they were set, by name. */
  readonly #wanted = new Map<string, GatewayListener>();
  #openConnections = 0;

  constructor(private readonly options: GatewayOptions) {
    const { upstreams, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
    this.#upstreams = new Upstreams(upstreams, connectTimeoutMs);
  }

  get address(): string {
    return this.options.address;
  }

  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#listeners].map(([name, server]) => [name, server.port]),
    );
  }

  get openConnections(): number {
    return this.#openConnections;
  }

  setCertificate(listenerName: string, identity: TlsIdentity): void {
    const server = this.#listeners.get(listenerName);
    if (!server) {
      throw new Error(
        `The gateway at ${
          this.address
        } has no listener "${listenerName}", only: ${
          [...this.#listeners.keys()].join(', ') || 'none'
        }`,
      );
    }
    server.setCertificate(identity);
  }

  async setListeners(listeners: readonly GatewayListener[]): Promise<void> {
    for (const [name, server] of this.#listeners) {
      const wanted = listeners.find(it => it.name === name);
      if (wanted && fits(server, wanted)) continue;
      this.#listeners.delete(name);
      await server.close();
    }
    for (const listener of listeners) {
      this.#wanted.set(listener.name, listener);
      const server = this.#listeners.get(listener.name);
      if (!server) await this.#open(listener);
      else if (listener.tls) {
        server.setCertificate(listener.tls, listener.clients);
      }
    }
  }

  setUpstreams(upstreams: readonly GatewayUpstream[]): void {
    this.#upstreams.set(upstreams);
  }

  async stop(): Promise<void> {
    const servers = [...this.#listeners.values()];
    this.#listeners.clear();
    await Promise.all(servers.map(server => server.close()));
  }

  async #open(listener: GatewayListener): Promise<void> {
    const server = await ListenerServer.open(
      this.address,
      listener,
      socket => void this.#serve(socket, listener.name),
      this.options.log,
    );
    this.#listeners.set(listener.name, server);
  }

  async #serve(client: Socket, listener: string): Promise<void> {
    // An early end or error must not throw while the upstream is dialled.
    client.pause().on('error', () => {});
    let connected;
    try {
      connected = await this.#upstreams.connect(
        this.#namedServer(client, listener),
        this.#wanted.get(listener)?.ownUpstreams ? listener : undefined,
      );
    } catch (error) {
      const { message } = error as Error;
      this.options.log.warn(`Gateway ${this.address}: ${message}`);
      client.destroy();
      return;
    }
    const { upstream, socket } = connected;
    if (client.destroyed) {
      socket.destroy();
      return;
    }
    const connection = this.#count(upstream, client, socket);
    this.#openConnections += 1;
    await relay(client, socket, connection);
    this.#openConnections -= 1;
    connection.close();
  }

  /** The name that the client told in the handshake, where it leads to upstreams of its own. */
  #namedServer(client: Socket, listener: string): string | undefined {
    const { servername } = client as Partial<TLSSocket>;
    const { serverNames } = this.#wanted.get(listener) ?? {};
    return serverNames?.find(name => name === servername);
  }

  #count(
    upstream: GatewayUpstream,
    client: Socket,
    socket: Socket,
  ): FlowConnection {
    const { telemetry, identity, securityPolicy = 'mutual_tls' } = this.options;
    if (!telemetry) return NOT_COUNTED;
    const flow: Flow = {
      source: identity,
      destination: upstream,
      destinationService: upstream.destinationService,
      securityPolicy: upstream.securityPolicy ?? securityPolicy,
      // A gateway is no part of ambient: no ztunnel stands at its side.
      reporters: ['destination'],
    };
    return telemetry.open(flow, {
      source: `${client.localAddress}:${socket.localPort}`,
      destination: `${upstream.address}:${upstream.port}`,
    });
  }
}

/** Whether an open server can go on as the wanted listener. */
function fits(server: ListenerServer, wanted: GatewayListener): boolean {
  const samePort = wanted.port === 0 || wanted.port === server.port;
  const sameTls = server.isTls === (wanted.tls !== undefined);
  return samePort && sameTls && server.clients === clientModeOf(wanted);
}
