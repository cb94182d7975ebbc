import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually';
import type {
  CqlRing,
  NodetoolResult,
  RingLogin,
  RingNode,
  RingNodeOptions,
} from '../ring';
import { CassandraNode } from './CassandraNode';
import {
  isRefusal,
  PUBLIC_LOGIN,
  replacePublicLogin,
  replicateLogins,
  takesLogin,
} from './logins';
import { deferred, onAbort } from '../lifecycle';
import type { CassandraRingOptions } from './types';

/** For memtables to be written and the others to be told. */
const STOP_GRACE_MS = 15_000;
/** Copies of the logins: with three, one node may be down. */
const MAX_LOGIN_REPLICAS = 3;

/** Real Cassandra nodes: which start when, and who may log in. */
export class CassandraRing implements CqlRing {
  readonly kind = 'cassandra';
  readonly ready: Promise<void>;
  readonly #directory: string;
  readonly #nodes: CassandraNode[] = [];
  /** One at a time: Cassandra refuses to let two join together. */
  #joins: Promise<unknown> = Promise.resolve();
  #loginReplicas = 0;
  /** Those that {@link ready} waits for. */
  readonly #together = new Set<CassandraNode>();
  #stopped: Promise<void> | undefined;
  readonly #firstUp = deferred();

  constructor(private readonly options: CassandraRingOptions) {
    this.#directory =
      options.dataDir ??
      mkdtempSync(path.join(tmpdir(), 'ringfence-cassandra-'));
    for (const node of options.nodes) this.addNode(node);
    this.ready =
      options.start === 'none' ? this.#firstUp.promise : this.#startAll();
    // Whoever does not wait for it must not be ended by it.
    this.ready.catch(() => {});
    onAbort(options.signal, () => void this.stop());
  }

  get nodes(): readonly RingNode[] {
    return this.#nodes.map(({ name, address, state }) => ({
      name,
      address,
      state,
    }));
  }

  async nodetool(
    nodeName: string,
    args: readonly string[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<NodetoolResult> {
    return this.#node(nodeName).nodetool(args, signal);
  }

  addNode(node: RingNodeOptions): void {
    const { installation, dataDir, log } = this.options;
    const same = this.#nodes.find(
      it => it.name === node.name || it.address === node.address,
    );
    if (same) {
      throw new Error(
        `Node "${node.name}" (${node.address}) cannot be added: "${same.name}" has address ${same.address}`,
      );
    }
    this.#nodes.push(
      new CassandraNode({
        node,
        installation,
        directory: path.join(this.#directory, node.name),
        temporary: dataDir === undefined,
        log,
      }),
    );
  }

  async startNode(name: string): Promise<void> {
    const node = this.#node(name);
    if (this.#stopped) {
      throw new Error(`"${name}" cannot start: its ring was stopped`);
    }
    if (node.joined) await this.#restart(node);
    else if (this.#together.has(node)) await this.ready;
    else {
      const join = this.#joins.then(() => this.#join(node));
      this.#joins = join.catch(() => {});
      await join;
    }
    this.#firstUp.resolve();
  }

  async stopNode(name: string): Promise<void> {
    await this.#node(name).stop(STOP_GRACE_MS);
  }

  async killNode(name: string): Promise<void> {
    await this.#node(name).kill();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const keep = this.options.dataDir !== undefined;
    await Promise.all(
      this.#nodes.map(node =>
        keep ? node.stop(STOP_GRACE_MS) : node.remove(),
      ),
    );
    if (!keep) await rm(this.#directory, { recursive: true, force: true });
  }

  #node(name: string): CassandraNode {
    const node = this.#nodes.find(it => it.name === name);
    if (!node) {
      throw new Error(
        `There is no node "${name}" in "${
          this.options.clusterName
        }", only: ${this.#nodes.map(it => it.name).join(', ')}`,
      );
    }
    return node;
  }

  /** All together: none has data, so that none need wait for another. */
  async #startAll(): Promise<void> {
    const nodes = [...this.#nodes];
    for (const node of nodes) this.#together.add(node);
    this.#loginReplicas = this.options.asShipped
      ? 1
      : Math.min(nodes.length, MAX_LOGIN_REPLICAS);
    const seeds = nodes.map(it => it.address);
    const fresh = !nodes.some(it => it.joined);
    const { settings, superuser } = this.options;
    const prepared = settings && superuser && fresh ? nodes[0] : undefined;
    await Promise.all(
      nodes.map(async node =>
        node.start({
          ...(await this.#startOptions(node)),
          seeds,
          bootstrap: false,
          inPreparation: node === prepared,
        }),
      ),
    );
    await this.#settle(nodes, fresh);
    if (!prepared) return;
    await prepared.stop(STOP_GRACE_MS);
    await this.#restart(prepared);
  }

  /** One that was in the ring before. */
  async #restart(node: CassandraNode): Promise<void> {
    await node.start(await this.#startOptions(node));
    const other = this.#nodes.find(it => it.state === 'up' && it !== node);
    if (!this.options.settings || !other) return;
    // A pod that is ready lets the next one stop: by then the others must know.
    await this.#settled(`the others see "${node.name}"`, async () => {
      const { stdout } = await other.nodetool(['status']);
      return other.state !== 'up' || stdout.includes(`UN  ${node.address} `);
    });
  }

  /** One that was never in the ring. */
  async #join(node: CassandraNode): Promise<void> {
    const first = !this.#nodes.some(it => it.joined);
    if (first) this.#loginReplicas = 1;
    await node.start({
      ...(await this.#startOptions(node)),
      bootstrap: !first,
    });
    if (first) await this.#settle([node], true);
    else await this.#spreadLogins(node);
  }

  async #startOptions(node: CassandraNode) {
    const { clusterName, datacenter, rack } = this.options;
    const others = this.#nodes.filter(it => it.state === 'up' && it !== node);
    return {
      clusterName,
      datacenter,
      rack,
      seeds: (others.length > 0 ? others : [node]).map(it => it.address),
      bootstrap: false,
      ringSize: this.#nodes.length,
      systemAuthReplicas: this.#loginReplicas,
      authentication: this.options.asShipped,
      settings: await this.options.settings?.(node.name),
      jvmOptions: await this.options.jvmOptions?.(node.name),
    };
  }

  /**
   * Until these nodes take the first login and see each other.
   *
   * @param fresh - whether the public login must still be there
   */
  async #settle(
    nodes: readonly CassandraNode[],
    fresh: boolean,
  ): Promise<void> {
    const { superuser } = this.options;
    if (superuser) {
      await this.#settled('the superuser is made', async () => {
        await replacePublicLogin(this.#at(nodes[0]), superuser);
        return true;
      });
    }
    const login = superuser ?? (fresh ? PUBLIC_LOGIN : undefined);
    for (const node of login ? this.#open(nodes) : []) {
      await this.#settled(`"${node.name}" takes the first login`, () =>
        takesLogin(this.#at(node), login!),
      );
    }
    await this.#settled('all nodes are UN', async () => {
      const { stdout } = await nodes[0].nodetool(['status']);
      return (stdout.match(/^UN /gm) ?? []).length === nodes.length;
    });
  }

  /** Those that anybody here could log in to. */
  #open(nodes: readonly CassandraNode[]): readonly CassandraNode[] {
    return this.options.settings
      ? nodes.filter(({ address, cql }) => cql.address !== address)
      : nodes;
  }

  /** Gives a node that joined later its copy of the logins. */
  async #spreadLogins(node: CassandraNode): Promise<void> {
    if (this.options.asShipped || this.options.settings) return;
    const joined = this.#nodes.filter(it => it.joined).length;
    const wanted = Math.min(joined, MAX_LOGIN_REPLICAS);
    if (wanted <= this.#loginReplicas) return;
    const login: RingLogin = this.options.superuser ?? PUBLIC_LOGIN;
    let refusal: Error | undefined;
    await this.#settled(
      `"${node.name}" has its copy of the logins`,
      async () => {
        await replicateLogins(this.#at(node), login, wanted).catch(error => {
          if (!isRefusal(error)) throw error;
          refusal = error;
        });
        return true;
      },
    );
    if (refusal) {
      this.options.log.warn(
        `Logins stay on ${this.#loginReplicas} of ${joined} nodes of "${
          this.options.clusterName
        }", so that one that is down can lock clients out: ${refusal.message}`,
      );
      return;
    }
    this.#loginReplicas = wanted;
  }

  #settled(what: string, condition: () => Promise<boolean>): Promise<void> {
    return eventually(what, condition, () => this.#stopped !== undefined);
  }

  #at({ cql }: CassandraNode) {
    return { ...cql, datacenter: this.options.datacenter };
  }
}
