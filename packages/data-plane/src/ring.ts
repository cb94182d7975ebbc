import type { Log } from './log';

/** Port on which every node speaks CQL. */
export const CQL_PORT = 9042;

/** One node to run. */
export interface RingNodeOptions {
  /** Such as the name of its pod; unique in the ring. */
  readonly name: string;
  /** A loopback address of its own: ports 9042 and 7000 are taken on it. */
  readonly address: string;
  /** On 127.0.0.1; a free one by default. Cassandra only. */
  readonly jmxPort?: number;
}

/** A role that may log in. */
export interface RingLogin {
  readonly username: string;
  readonly password: string;
  readonly superuser?: boolean;
}

/**
 * - `stopped`: declared, or stopped on purpose
 * - `starting`: its process runs, CQL does not answer yet
 * - `up`: CQL answers
 * - `failed`: ended by itself
 */
export type RingNodeState = 'stopped' | 'starting' | 'up' | 'failed';

/** One node as the ring knows it. */
export interface RingNode {
  readonly name: string;
  readonly address: string;
  readonly state: RingNodeState;
}

/** The end of a `nodetool` command. */
export interface NodetoolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What every ring is made from. */
export interface RingOptions {
  readonly clusterName: string;
  readonly datacenter: string;
  readonly rack: string;
  /** The first is the seed. */
  readonly nodes: readonly RingNodeOptions[];
  /**
   * `all` starts the nodes at once, all together; `none` leaves each to
   * {@link CqlRing.startNode}.
   *
   * @defaultValue 'all'
   */
  readonly start?: 'all' | 'none';
  readonly log: Log;
  /** Aborting stops the ring. */
  readonly signal?: AbortSignal;
}

/** The nodes of a database, each on an address of its own. */
export interface DatabaseNodes {
  readonly nodes: readonly RingNode[];
  /** Declares another node; {@link startNode} makes it join. */
  addNode(node: RingNodeOptions): void;
  /** Starts a declared or stopped node; resolves when it takes clients. */
  startNode(name: string): Promise<void>;
  /** Stops a node, which keeps its data; the others notice soon after. */
  stopNode(name: string): Promise<void>;
  /** Ends a node as a crash would: its state is `failed` then. Real ones only. */
  killNode?(name: string): Promise<void>;
  /** Stops all nodes and removes their data. May be called again. */
  stop(): Promise<void>;
}

/** Running nodes that speak CQL on port 9042 of their own loopback addresses. */
export interface CqlRing extends DatabaseNodes {
  /** `stub` answers handshake, logins and system tables, and stores nothing. */
  readonly kind: 'cassandra' | 'stub';
  /**
   * Resolves once the nodes started at first all answer CQL, see each other as
   * `UN` and take the first login; with `start: 'none'` as soon as the first
   * node does. Rejects where one cannot start, with the end of its log.
   */
  readonly ready: Promise<void>;
  /** Runs `nodetool` against one node; a node that is down answers exit code 1, as the real one. */
  nodetool(
    nodeName: string,
    args: readonly string[],
    options?: { signal?: AbortSignal },
  ): Promise<NodetoolResult>;
}
