import { rm } from 'node:fs/promises';
import type { DatabaseNodes, RingNode, RingNodeOptions } from '../ring';
import { IgniteNode } from './IgniteNode';
import type { IgniteClusterOptions } from './types';

/** For a checkpoint to be written and the others to be told. */
const STOP_GRACE_MS = 15_000;

/** Real Ignite nodes, each started when it is asked for; none of them outlives this process. */
export class IgniteCluster implements DatabaseNodes {
  readonly #nodes: IgniteNode[] = [];
  #stopped: Promise<void> | undefined;

  constructor(private readonly options: IgniteClusterOptions) {
    for (const node of options.nodes) this.addNode(node);
  }

  get nodes(): readonly RingNode[] {
    return this.#nodes;
  }

  addNode(node: RingNodeOptions): void {
    const same = this.#nodes.find(
      it => it.name === node.name || it.address === node.address,
    );
    if (same) {
      throw new Error(
        `Node "${node.name}" (${node.address}) cannot be added: "${same.name}" has address ${same.address}`,
      );
    }
    this.#nodes.push(new IgniteNode(node, this.options));
  }

  async startNode(name: string): Promise<void> {
    if (this.#stopped) {
      throw new Error(`"${name}" cannot start: its cluster was stopped`);
    }
    await this.#node(name).start();
  }

  async stopNode(name: string): Promise<void> {
    await this.#node(name).stop(STOP_GRACE_MS);
  }

  async killNode(name: string): Promise<void> {
    await this.#node(name).kill();
  }

  /** Where a node's output is. */
  logFile(name: string): string {
    return this.#node(name).logFile;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    // Its data goes as well: there is nothing to write.
    await Promise.all(this.#nodes.map(node => node.stop(0)));
    await rm(this.options.directory, { recursive: true, force: true });
  }

  #node(name: string): IgniteNode {
    const node = this.#nodes.find(it => it.name === name);
    if (node) return node;
    const known = this.#nodes.map(it => it.name).join(', ');
    throw new Error(`There is no Ignite node "${name}", only: ${known}`);
  }
}
