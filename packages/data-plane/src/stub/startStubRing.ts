import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import {
  CQL_PORT,
  type CqlRing,
  type NodetoolResult,
  type RingNode,
  type RingNodeOptions,
} from '../ring';
import { stubNodetool } from './nodetool';
import { StubConnection } from './StubConnection';
import { StubState, type StubNode } from './StubState';
import type { StubRingOptions } from './types';

/** Starts nodes in this process that answer handshake, logins and system tables. */
export function startStubRing(options: StubRingOptions): CqlRing {
  return new StubRing(options);
}

interface Listening {
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

class StubRing implements CqlRing {
  readonly kind = 'stub';
  readonly ready: Promise<void>;
  readonly #state: StubState;
  readonly #listening = new Map<StubNode, Listening>();
  #firstUp!: () => void;

  constructor(options: StubRingOptions) {
    this.#state = new StubState(options);
    for (const node of options.nodes) this.#state.addNode(node);
    this.ready =
      options.start === 'none'
        ? new Promise(resolve => {
            this.#firstUp = resolve;
          })
        : this.#startAll(options.nodes);
    // Whoever does not wait for it must not be ended by it.
    this.ready.catch(() => {});
    const stop = () => void this.stop();
    options.signal?.addEventListener('abort', stop, { once: true });
  }

  get nodes(): readonly RingNode[] {
    return this.#state.nodes.map(({ name, address, state }) => ({
      name,
      address,
      state,
    }));
  }

  async nodetool(
    nodeName: string,
    args: readonly string[],
  ): Promise<NodetoolResult> {
    return stubNodetool(this.#state, this.#state.node(nodeName), args);
  }

  addNode(node: RingNodeOptions): void {
    this.#state.addNode(node);
  }

  async startNode(name: string): Promise<void> {
    const node = this.#state.node(name);
    if (node.state !== 'stopped') return;
    this.#state.setState(node, 'starting');
    try {
      this.#listening.set(node, await this.#listen(node));
    } catch (error) {
      this.#state.setState(node, 'stopped');
      throw error;
    }
    this.#state.setState(node, 'up');
    this.#firstUp?.();
  }

  async stopNode(name: string): Promise<void> {
    const node = this.#state.node(name);
    const listening = this.#listening.get(node);
    if (!listening) return;
    this.#listening.delete(node);
    this.#state.setState(node, 'stopped');
    const closed = once(listening.server, 'close');
    listening.server.close();
    for (const socket of listening.sockets) socket.destroy();
    await closed;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#state.nodes.map(({ name }) => this.stopNode(name)));
  }

  async #startAll(nodes: readonly RingNodeOptions[]): Promise<void> {
    for (const { name } of nodes) await this.startNode(name);
  }

  async #listen(node: StubNode): Promise<Listening> {
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, socket => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return new StubConnection(this.#state, node, socket);
    });
    server.listen(CQL_PORT, node.address);
    await once(server, 'listening');
    return { server, sockets };
  }
}
