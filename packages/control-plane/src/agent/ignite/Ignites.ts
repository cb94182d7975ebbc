import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findIgnite,
  IgniteCluster,
  type IgniteInstallation,
  type Log,
} from '@ringfence/data-plane';
import type {
  ControllerCluster,
  DescribedRing,
  IgniteDefinition,
} from '@ringfence/sandbox/controllers';
import { until } from '../../until';
import type { Mounts } from '../Mounts';
import { getentScript } from '../names';
import { CriLog } from './CriLog';
import { readStart } from './start';

/** Until the API server knows the pod's address, which was written just before. */
const POD_WITHIN_MS = 30_000;

export interface IgnitesOptions {
  readonly kubernetes: Pick<ControllerCluster, 'get'>;
  readonly mounts: Mounts;
  readonly directory: string;
  /** What the names of Services and pods stand for. */
  readonly hostsFile: string;
  readonly log: Log;
  /** What to say of what is described as `the Ignite cluster`. */
  readonly simulated: (what: string) => string;
}

/** The Ignite clusters, whose nodes are known by the addresses of their pods. */
export class Ignites {
  readonly #clusters: IgniteCluster[] = [];
  /** By the address of the node's pod. */
  readonly #logs = new Map<string, CriLog>();

  private constructor(
    private readonly installation: IgniteInstallation,
    private readonly options: IgnitesOptions,
  ) {}

  /** @throws where Ignite cannot run here */
  static async find(options: IgnitesOptions): Promise<Ignites> {
    const found = await findIgnite({ log: options.log });
    if (!found.available) throw new Error(found.why);
    return new Ignites(found, options);
  }

  /** A cluster whose nodes are started one by one, as their pods are. */
  readonly create = ({ namespace, nodes }: IgniteDefinition): DescribedRing => {
    const { directory, log, simulated } = this.options;
    const own = join(directory, `${namespace}-${this.#clusters.length}`);
    const ring: IgniteCluster = new IgniteCluster({
      installation: this.installation,
      nodes,
      directory: own,
      log,
      start: async name => {
        const { address } = ring.nodes.find(node => node.name === name)!;
        await this.#keepLog(address, ring.logFile(name));
        return this.#start(namespace, name, join(own, name));
      },
    });
    this.#clusters.push(ring);
    return { ring, simulated: simulated('the Ignite cluster') };
  };

  /** Folder with the commands of the pod of this address, if a node is behind it. */
  commandDir(address: string): string | undefined {
    const isKnown = this.#clusters.some(({ nodes }) =>
      nodes.some(node => node.address === address),
    );
    return isKnown ? this.#commandDir(address) : undefined;
  }

  #commandDir(address: string): string {
    return join(this.options.directory, 'commands', address);
  }

  /** What a pod's node has written, as a container runtime keeps it. */
  logFile(address: string): string | undefined {
    return this.commandDir(address) && this.#logPath(address);
  }

  /** Ends the copying of logs; the nodes end with their cluster. */
  async stop(): Promise<void> {
    await Promise.all([...this.#logs.values()].map(log => log.stop()));
  }

  #logPath(address: string): string {
    return join(this.options.directory, 'logs', `${address}.log`);
  }

  async #keepLog(address: string, source: string): Promise<void> {
    if (this.#logs.has(address)) return;
    const log = new CriLog(source, this.#logPath(address));
    this.#logs.set(address, log);
    await log.start();
  }

  /** SIGKILL. @returns whether there is such a node */
  async kill(address: string): Promise<boolean> {
    for (const cluster of this.#clusters) {
      const node = cluster.nodes.find(it => it.address === address);
      if (!node) continue;
      await cluster.killNode(node.name);
      return true;
    }
    return false;
  }

  async #start(namespace: string, name: string, dataDir: string) {
    const { kubernetes, mounts, hostsFile } = this.options;
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    const pod = await until(
      `pod "${namespace}/${name}" with an address`,
      POD_WITHIN_MS,
      async () => {
        const found = await kubernetes.get(ref);
        return found?.status?.podIP ? found : undefined;
      },
    );
    await this.#writeCommands(pod.status.podIP);
    return readStart(pod, { mounts, dataDir, hostsFile });
  }
  async #writeCommands(address: string): Promise<void> {
    const dir = this.#commandDir(address);
    await mkdir(dir, { recursive: true });
    const script = getentScript(this.options.hostsFile);
    await writeFile(join(dir, 'getent'), script, { mode: 0o755 });
  }
}
