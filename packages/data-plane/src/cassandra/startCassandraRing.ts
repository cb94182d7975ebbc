import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CqlRing,
  NodetoolResult,
  RingLogin,
  RingNode,
  RingNodeOptions,
} from '../ring';
import { CassandraNode } from './CassandraNode';
import {
  PUBLIC_LOGIN,
  replacePublicLogin,
  replicateLogins,
  takesLogin,
} from './logins';
import type { CassandraRingOptions } from './types';

/** For memtables to be written and the others to be told. */
const STOP_GRACE_MS = 15_000;
/** From CQL that answers to a first login and a ring that agrees. */
const SETTLE_TIMEOUT_MS = 120_000;
const SETTLE_POLL_MS = 250;
/** Copies of the logins: with three, one node may be down. */
const MAX_LOGIN_REPLICAS = 3;

/** Starts a ring of real Cassandra nodes, one JVM each, none of which outlives this process. */
export function startCassandraRing(options: CassandraRingOptions): CqlRing {
  return new CassandraRing(options);
}

class CassandraRing implements CqlRing {
  readonly kind = 'cassandra';
  readonly ready: Promise<void>;
  readonly #directory: string;
  readonly #nodes: CassandraNode[] = [];
  /** One at a time: Cassandra refuses to let two join together. */
  #joins: Promise<unknown> = Promise.resolve();
  #loginReplicas = 0;
  #stopped: Promise<void> | undefined;

  constructor(private readonly options: CassandraRingOptions) {
    this.#directory =
      options.dataDir ??
      mkdtempSync(path.join(tmpdir(), 'ringfence-cassandra-'));
    for (const node of options.nodes) this.addNode(node);
    let firstUp!: () => void;
    const first = new Promise<void>(resolve => {
      firstUp = resolve;
    });
    this.#onFirstUp = firstUp;
    this.ready = options.start === 'none' ? first : this.#startAll();
    // Whoever does not wait for it must not be ended by it.
    this.ready.catch(() => {});
    const stop = () => void this.stop();
    options.signal?.addEventListener('abort', stop, { once: true });
  }

  readonly #onFirstUp: () => void;

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
    if (node.joined) return node.start(this.#startOptions(node));
    const join = this.#joins.then(() => this.#join(node));
    this.#joins = join.catch(() => {});
    return join;
  }

  async stopNode(name: string): Promise<void> {
    await this.#node(name).stop(STOP_GRACE_MS);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const keep = this.options.dataDir !== undefined;
    const graceMs = keep ? STOP_GRACE_MS : 0;
    await Promise.all(this.#nodes.map(node => node.stop(graceMs)));
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
    this.#loginReplicas = Math.min(nodes.length, MAX_LOGIN_REPLICAS);
    const seed = nodes[0].address;
    await Promise.all(
      nodes.map(node =>
        node.start({ ...this.#startOptions(node), seed, bootstrap: false }),
      ),
    );
    await this.#settle(nodes);
  }

  /** One that was never in the ring. */
  async #join(node: CassandraNode): Promise<void> {
    const first = !this.#nodes.some(it => it.joined);
    if (first) this.#loginReplicas = 1;
    await node.start({ ...this.#startOptions(node), bootstrap: !first });
    if (first) {
      await this.#settle([node]);
      this.#onFirstUp();
    } else await this.#spreadLogins(node);
  }

  #startOptions(node: CassandraNode) {
    const { clusterName, datacenter, rack } = this.options;
    const others = this.#nodes.filter(it => it.state === 'up' && it !== node);
    return {
      clusterName,
      datacenter,
      rack,
      seed: (others[0] ?? node).address,
      bootstrap: false,
      ringSize: this.#nodes.length,
      systemAuthReplicas: this.#loginReplicas,
    };
  }

  /** Until the first login works at each of these nodes and they see each other. */
  async #settle(nodes: readonly CassandraNode[]): Promise<void> {
    const { superuser } = this.options;
    const login = superuser ?? PUBLIC_LOGIN;
    if (superuser) {
      await this.#eventually('the superuser is made', async () => {
        await replacePublicLogin(this.#at(nodes[0]), superuser);
        return true;
      });
    }
    for (const node of nodes) {
      await this.#eventually(`"${node.name}" takes the first login`, () =>
        takesLogin(this.#at(node), login),
      );
    }
    await this.#eventually('all nodes are UN', async () => {
      const { stdout } = await nodes[0].nodetool(['status']);
      return (stdout.match(/^UN /gm) ?? []).length === nodes.length;
    });
  }

  /** Gives a node that joined later its copy of the logins. */
  async #spreadLogins(node: CassandraNode): Promise<void> {
    const joined = this.#nodes.filter(it => it.joined).length;
    const wanted = Math.min(joined, MAX_LOGIN_REPLICAS);
    if (wanted <= this.#loginReplicas) return;
    const login: RingLogin = this.options.superuser ?? PUBLIC_LOGIN;
    try {
      await replicateLogins(this.#at(node), login, wanted);
    } catch (error) {
      this.options.log.warn(
        `Logins stay on ${this.#loginReplicas} of ${joined} nodes of "${
          this.options.clusterName
        }", so that one that is down can lock clients out: "${
          login.username
        }" could not change that (${(error as Error).message})`,
      );
      return;
    }
    this.#loginReplicas = wanted;
    const repair = await node.nodetool(['repair', '--full', 'system_auth']);
    if (repair.exitCode !== 0) {
      this.options.log.warn(
        `"${node.name}" may not have all logins yet: ${repair.stderr.trim()}`,
      );
    }
  }

  /** A start is full of short refusals: only the last one counts. */
  async #eventually(
    what: string,
    condition: () => Promise<boolean>,
  ): Promise<void> {
    const deadline = Date.now() + SETTLE_TIMEOUT_MS;
    let refusal = '';
    for (;;) {
      try {
        if (await condition()) return;
      } catch (error) {
        refusal = `: ${(error as Error).message}`;
      }
      if (this.#stopped)
        throw new Error('The ring was stopped while it started');
      if (Date.now() > deadline) {
        throw new Error(
          `Waited ${SETTLE_TIMEOUT_MS} ms in vain until ${what}${refusal}`,
        );
      }
      await sleep(SETTLE_POLL_MS);
    }
  }

  #at({ address }: CassandraNode) {
    return { address, datacenter: this.options.datacenter };
  }
}
