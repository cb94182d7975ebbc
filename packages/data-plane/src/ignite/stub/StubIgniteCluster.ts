import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type {
  DatabaseNodes,
  RingNode,
  RingNodeOptions,
  RingNodeState,
} from '../../ring';
import { REST_PORT, THIN_CLIENT_PORT } from '../types';
import { serveRest } from './rest';
import { StubState, type StubIgniteSettings } from './StubState';
import { serveThinClient } from './thinClient';

/** A simulated Ignite. */
export interface StubIgniteOptions {
  /** That it says it has. */
  readonly version: string;
  readonly nodes: readonly RingNodeOptions[];
  /** Read at the start of each node. */
  readonly settings: () => Promise<StubIgniteSettings>;
}

interface StubNode extends RingNode {
  state: RingNodeState;
  readonly servers: Server[];
  readonly sockets: Set<Socket>;
}

/** Nodes that answer thin clients and REST as Ignite does, as far as a portal asks, and keep no data. */
export class StubIgniteCluster implements DatabaseNodes {
  readonly #nodes: StubNode[] = [];
  readonly #state = new StubState(() =>
    this.#nodes.filter(({ state }) => state === 'up'),
  );

  constructor(private readonly options: StubIgniteOptions) {
    options.nodes.forEach(node => this.addNode(node));
  }

  get nodes(): readonly RingNode[] {
    return this.#nodes;
  }

  addNode({ name, address }: RingNodeOptions): void {
    this.#nodes.push({
      ...{ name, address, state: 'stopped' },
      servers: [],
      sockets: new Set(),
    });
  }

  async startNode(name: string): Promise<void> {
    const node = this.#node(name);
    if (node.state === 'up') return;
    const settings = await this.options.settings();
    const isFirst = this.#state.members().length === 0;
    this.#state.settings = settings;
    // Without data to look for, a cluster is there as soon as a node is.
    if (isFirst)
      this.#state.isActive = !settings.persistence || this.#wasActive;
    await listen(
      node,
      THIN_CLIENT_PORT,
      createServer(socket => serveThinClient(socket, this.#state)),
    );
    await listen(
      node,
      REST_PORT,
      createHttpServer((request, response) =>
        serveRest(request, response, this.#state, this.options.version),
      ),
    );
    node.state = 'up';
  }

  async stopNode(name: string): Promise<void> {
    const node = this.#node(name);
    node.state = 'stopped';
    const closing = node.servers.splice(0).map(async server => {
      server.close();
      await once(server, 'close');
    });
    node.sockets.forEach(socket => socket.destroy());
    await Promise.all(closing);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map(({ name }) => this.stopNode(name)));
  }

  /** The lines of its log that tell whether a node is in. */
  logs(name: string): string {
    const { state } = this.#node(name);
    if (state !== 'up') return '';
    const servers = this.#state.members().length;
    const word = this.#state.isActive ? 'ACTIVE' : 'INACTIVE';
    return [
      `Topology snapshot [ver=${servers}, servers=${servers}, clients=0, state=${word}]`,
      'Completed partition exchange',
      '',
    ].join('\n');
  }

  /** With persistence it comes back as it was, once all its nodes have. */
  get #wasActive(): boolean {
    return this.#state.baseline.length > 0;
  }

  #node(name: string): StubNode {
    const node = this.#nodes.find(it => it.name === name);
    if (!node) throw new Error(`There is no Ignite node "${name}"`);
    return node;
  }
}

async function listen(
  { address, servers, sockets }: StubNode,
  port: number,
  server: Server,
): Promise<void> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, address);
  await once(server, 'listening');
  servers.push(server);
}
