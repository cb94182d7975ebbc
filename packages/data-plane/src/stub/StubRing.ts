import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import {
  CQL_PORT,
  type CqlRing,
  type NodetoolResult,
  type RingNode,
  type RingNodeOptions,
} from '../ring';
import { deferred, onAbort } from '../lifecycle';
import { stubNodetool } from './nodetool';
import { StubConnection } from './StubConnection';
import { StubState, type StubNode } from './StubState';
import type { StubRingOptions } from './types';

interface Listening {
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/** Stub nodes that share one memory. */
export class StubRing implements CqlRing {
  readonly kind = 'stub';
  readonly ready: Promise<void>;
  readonly #state: StubState;
  readonly #starting = new Map<StubNode, Promise<void>>();
  readonly #listening = new Map<StubNode, Listening>();
  readonly #firstUp = deferred();
  #stopped = false;

  constructor(options: StubRingOptions) {
    this.#state = new StubState(options);
    for (const node of options.nodes) this.#state.addNode(node);
    this.ready =
      options.start === 'none'
        ? this.#firstUp.promise
        : this.#startAll(options.nodes);
    // Whoever does not wait for it must not be ended by it.
    this.ready.catch(() => {});
    onAbort(options.signal, () => void this.stop());
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
    if (this.#stopped) {
      throw new Error(`"${name}" cannot start: its ring was stopped`);
    }
    if (node.state === 'up') return;
    const starting = this.#starting.get(node) ?? this.#start(node);
    this.#starting.set(node, starting);
    await starting.finally(() => this.#starting.delete(node));
    this.#firstUp.resolve();
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
    this.#stopped = true;
    this.#firstUp.reject(new Error('The ring was stopped'));
    await Promise.all(this.#state.nodes.map(({ name }) => this.stopNode(name)));
  }

  async #startAll(nodes: readonly RingNodeOptions[]): Promise<void> {
    for (const { name } of nodes) await this.startNode(name);
  }

  async #start(node: StubNode): Promise<void> {
    this.#state.setState(node, 'starting');
    try {
      this.#listening.set(node, await this.#listen(node));
    } catch (error) {
      this.#state.setState(node, 'stopped');
      throw error;
    }
    this.#state.setState(node, 'up');
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
