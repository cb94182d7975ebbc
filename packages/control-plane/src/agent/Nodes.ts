import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  nodetoolArguments,
  startCassandraRing,
  type CassandraInstallation,
  type CassandraRingOptions,
  type CqlRing,
  type Log,
  type RingNodeOptions,
} from '@ringfence/data-plane';
import { getentScript } from './names';
import { nodetoolScript } from './nodetool';

/** On 127.0.0.1, one for each node. */
const FIRST_JMX_PORT = 17_199;

interface KnownNode {
  readonly name: string;
  readonly ring: CqlRing;
}

/** The Cassandra nodes of all rings, by the address of their pod. */
export class Nodes {
  readonly #known = new Map<string, KnownNode>();
  #rings = 0;
  #nodes = 0;

  /** @param directory - for data, and the commands of pods */
  constructor(private readonly directory: string, private readonly log: Log) {}

  /** Takes the place of the data plane's own: keeps the data of nodes that stop, and gives them commands. */
  readonly startRing = (options: CassandraRingOptions): CqlRing => {
    const dataDir = join(this.directory, `ring-${++this.#rings}`);
    const withJmx = (node: RingNodeOptions) => ({
      ...node,
      jmxPort: FIRST_JMX_PORT + this.#nodes++,
    });
    const nodes = options.nodes.map(withJmx);
    const ring = startCassandraRing({ ...options, nodes, dataDir });
    const know = (node: Required<RingNodeOptions>) => {
      this.#known.set(node.address, { name: node.name, ring });
      this.#writeCommands(options.installation, node, dataDir).catch(error =>
        this.log.error(`Pod "${node.name}" has no commands: ${error}`),
      );
    };
    nodes.forEach(know);
    const addNode = ring.addNode.bind(ring);
    ring.addNode = node => {
      const complete = withJmx(node);
      addNode(complete);
      know(complete);
    };
    const stop = ring.stop.bind(ring);
    ring.stop = async () => {
      // Its data goes as well: there is nothing to drain.
      await Promise.all(ring.nodes.map(({ name }) => ring.killNode!(name)));
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    };
    return ring;
  };

  /** Folder with the commands of the pod of this address, if a node is behind it. */
  commandDir(address: string): string | undefined {
    return this.#known.has(address) ? this.#commandDir(address) : undefined;
  }

  /** SIGKILL. @throws where no node has this address */
  async kill(address: string): Promise<void> {
    const node = this.#known.get(address);
    if (!node) throw new Error(`No node runs at ${address}`);
    await node.ring.killNode!(node.name);
  }

  /** What the names of Services stand for, one address a line. */
  get hostsFile(): string {
    return join(this.directory, 'hosts');
  }

  #commandDir(address: string): string {
    return join(this.directory, 'commands', address);
  }

  async #writeCommands(
    installation: CassandraInstallation,
    { name, address, jmxPort }: Required<RingNodeOptions>,
    dataDir: string,
  ): Promise<void> {
    const dir = this.#commandDir(address);
    const at = (folder: string) => join(dataDir, name, folder);
    const args = nodetoolArguments(
      {
        installation,
        configDir: at('conf'),
        homeDir: at('tmp'),
        jmxPort,
      },
      [],
    );
    const commands = {
      nodetool: nodetoolScript(installation.java, args),
      getent: getentScript(this.hostsFile),
    };
    await mkdir(dir, { recursive: true });
    for (const [command, script] of Object.entries(commands)) {
      await writeFile(join(dir, command), script, { mode: 0o755 });
    }
  }
}
