import { createHash, randomUUID } from 'node:crypto';
import type { RingNodeOptions, RingNodeState, RingOptions } from '../ring';
import { Roles } from './Roles';
import type { StubRingOptions } from './types';

const TOKENS_PER_NODE = 16;

/** A node as all nodes of the stub see it. */
export interface StubNode {
  readonly name: string;
  readonly address: string;
  readonly hostId: string;
  readonly tokens: readonly string[];
  /** Whether it was up once: only then do the others know of it. */
  joined: boolean;
  state: RingNodeState;
}

/** A keyspace that somebody made. */
export interface StubKeyspace {
  readonly replication: Readonly<Record<string, string>>;
  readonly tables: Set<string>;
}

/** Tells clients that asked for it what changed. */
export type StubEvent =
  | {
      readonly type: 'STATUS_CHANGE';
      readonly change: 'UP' | 'DOWN';
      readonly node: StubNode;
    }
  | {
      readonly type: 'TOPOLOGY_CHANGE';
      readonly change: 'NEW_NODE';
      readonly node: StubNode;
    }
  | { readonly type: 'SCHEMA_CHANGE'; readonly schema: SchemaChange };

/** What a statement changed in the schema. */
export interface SchemaChange {
  readonly change: 'CREATED' | 'UPDATED' | 'DROPPED';
  readonly keyspace: string;
  readonly table?: string;
}

/** What all nodes of one stub ring share. */
export class StubState {
  readonly nodes: StubNode[] = [];
  readonly roles: Roles;
  readonly keyspaces = new Map<string, StubKeyspace>();
  /** Texts of prepared statements, by id. */
  readonly prepared = new Map<string, string>();
  readonly listeners = new Set<(event: StubEvent) => void>();
  #schemaVersion = randomUUID();

  constructor(
    readonly options: Pick<
      RingOptions,
      'clusterName' | 'datacenter' | 'rack' | 'log'
    > &
      Pick<StubRingOptions, 'logins'>,
  ) {
    this.roles = new Roles(options.logins);
  }

  get schemaVersion(): string {
    return this.#schemaVersion;
  }

  /** @throws where a node of that name or address is there already */
  addNode({ name, address }: RingNodeOptions): void {
    const same = this.nodes.find(
      it => it.name === name || it.address === address,
    );
    if (same) {
      throw new Error(
        `Node "${name}" (${address}) cannot be added: "${same.name}" has address ${same.address}`,
      );
    }
    this.nodes.push({
      name,
      address,
      hostId: randomUUID(),
      tokens: tokensOf(address),
      joined: false,
      state: 'stopped',
    });
  }

  /** @throws where there is none of that name */
  node(name: string): StubNode {
    const node = this.nodes.find(it => it.name === name);
    if (!node) {
      throw new Error(
        `There is no node "${name}" in "${
          this.options.clusterName
        }", only: ${this.nodes.map(it => it.name).join(', ')}`,
      );
    }
    return node;
  }

  setState(node: StubNode, state: RingNodeState): void {
    const wasUp = node.state === 'up';
    node.state = state;
    if (wasUp === (state === 'up')) return;
    if (!node.joined) {
      node.joined = true;
      this.emit({ type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', node });
    }
    this.emit({ type: 'STATUS_CHANGE', change: wasUp ? 'DOWN' : 'UP', node });
  }

  schemaChanged(schema: SchemaChange): void {
    this.#schemaVersion = randomUUID();
    this.emit({ type: 'SCHEMA_CHANGE', schema });
  }

  private emit(event: StubEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** Signed 64-bit numbers, the same ones for the same address. */
function tokensOf(address: string): string[] {
  return Array.from({ length: TOKENS_PER_NODE }, (_, index) =>
    createHash('sha256')
      .update(`${address}#${index}`)
      .digest()
      .readBigInt64BE(0)
      .toString(),
  );
}
