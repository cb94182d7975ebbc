import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log';
import { connectionRefused } from '../nodetool';
import {
  CQL_PORT,
  type NodetoolResult,
  type RingNodeOptions,
  type RingNodeState,
} from '../ring';
import { writeConfig, type CqlAddress, type NodeConfig } from './config';
import { spawnGuarded, type Guarded } from './guard';
import {
  nodeArguments,
  nodetoolArguments,
  nodetoolOptions,
} from './jvmOptions';
import { run } from './run';
import type { CassandraInstallation } from './types';

/** Cassandra takes 5 to 20 s; a machine busy with much else far longer. */
const START_TIMEOUT_MS = 240_000;
const POLL_MS = 100;
/** Enough of a log to see why a start failed. */
const LOG_TAIL_LINES = 15;

/** What a node is made from. */
export interface CassandraNodeOptions {
  readonly node: RingNodeOptions;
  readonly installation: CassandraInstallation;
  /** Of this node alone. */
  readonly directory: string;
  /** Whether the directory goes with the ring. */
  readonly temporary: boolean;
  readonly log: Log;
}

/** How to start this time. */
export type StartOptions = Omit<NodeConfig, 'address' | 'preparedAt'> & {
  readonly systemAuthReplicas: number;
  readonly jvmOptions?: readonly string[];
  /** Takes clients in plaintext on an address that only this process knows, see {@link CassandraNode.cql}. */
  readonly inPreparation?: boolean;
};

/** One Cassandra in a JVM of its own. */
export class CassandraNode {
  readonly name: string;
  readonly address: string;
  #joined: boolean;
  #state: RingNodeState = 'stopped';
  #starting: Promise<void> | undefined;
  #process: Guarded | undefined;
  #jmxPort: number | undefined;
  #nodetoolOptions: readonly string[] = [];
  #cql: CqlAddress;

  constructor(private readonly options: CassandraNodeOptions) {
    this.name = options.node.name;
    this.address = options.node.address;
    this.#cql = { address: this.address, port: CQL_PORT };
    this.#joined = existsSync(path.join(options.directory, 'data'));
  }

  /** Whether it was in the ring once, and so has data. */
  get joined(): boolean {
    return this.#joined;
  }

  /** Where it takes clients. */
  get cql(): CqlAddress {
    return this.#cql;
  }

  get state(): RingNodeState {
    return this.#state;
  }

  /**
   * Resolves once CQL answers.
   *
   * @throws where it ends before that or takes too long, with the end of its log
   */
  start(options: StartOptions): Promise<void> {
    if (this.#state === 'up') return Promise.resolve();
    this.#starting ??= this.#start(options).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Stops it and keeps its data. @param graceMs - for a clean end */
  async stop(graceMs: number): Promise<void> {
    await this.#end(running => running.stop(graceMs));
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.stop(0);
  }

  /** Ends it and removes its data, where that is temporary. */
  async remove(): Promise<void> {
    await this.#end(running => running.remove());
  }

  async nodetool(
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<NodetoolResult> {
    if (!this.#process || this.#jmxPort === undefined) {
      return connectionRefused(this.address);
    }
    const { installation, directory } = this.options;
    const command = nodetoolArguments(
      {
        installation,
        configDir: path.join(directory, 'conf'),
        homeDir: path.join(directory, 'tmp'),
        jmxPort: this.#jmxPort,
        further: this.#nodetoolOptions,
      },
      args,
    );
    return run(installation.java, command, { signal });
  }

  async #end(end: (running: Guarded) => Promise<void>): Promise<void> {
    this.#state = 'stopped';
    if (this.#process) await end(this.#process);
    this.#process = undefined;
    // A start that was under way notices, and must be over.
    await this.#starting?.catch(() => {});
  }

  async #start(options: StartOptions): Promise<void> {
    this.#cql = options.inPreparation
      ? { address: '127.0.0.1', port: await freePort() }
      : { address: this.address, port: CQL_PORT };
    if (await listens(this.#cql)) {
      throw new Error(
        `Cassandra node "${this.name}" cannot start: something else listens on ${this.address}:${CQL_PORT}`,
      );
    }
    this.#state = 'starting';
    try {
      const args = await this.#prepare(options);
      const running = await this.#spawn(args);
      await this.#answering(running);
      this.#state = 'up';
      this.#joined = true;
    } catch (error) {
      if (this.#isStopped()) {
        throw new Error(
          `Cassandra node "${this.name}" was stopped while it started`,
        );
      }
      await this.#process?.stop(0);
      this.#state = 'failed';
      throw error;
    }
  }

  /** Writes the configuration; gives the command line. */
  async #prepare(options: StartOptions): Promise<string[]> {
    const { installation, directory, node } = this.options;
    const configDir = path.join(directory, 'conf');
    const tempDir = path.join(directory, 'tmp');
    await writeConfig(configDir, {
      ...options,
      address: this.address,
      preparedAt: options.inPreparation ? this.#cql : undefined,
    });
    await mkdir(tempDir, { recursive: true });
    this.#jmxPort = node.jmxPort ?? (await freePort());
    this.#nodetoolOptions = nodetoolOptions(options.jvmOptions ?? []);
    return nodeArguments({
      installation,
      configDir,
      tempDir,
      storageDir: path.join(directory, 'data'),
      jmxPort: this.#jmxPort,
      bootstrap: options.bootstrap,
      systemAuthReplicas: options.systemAuthReplicas,
      further: options.jvmOptions,
    });
  }

  async #spawn(args: readonly string[]): Promise<Guarded> {
    const { installation, directory, temporary } = this.options;
    const output = await open(this.#logFile, 'a');
    try {
      if (this.#isStopped()) throw new Error('stopped');
      const running = spawnGuarded(installation.java, args, {
        outputFd: output.fd,
        removeDir: temporary ? directory : undefined,
      });
      this.#process = running;
      this.#watch(running);
      return running;
    } finally {
      await output.close();
    }
  }

  /** A method, since it changes while others wait. */
  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  get #logFile(): string {
    return path.join(this.options.directory, 'cassandra.log');
  }

  /** Notices an end that nobody asked for. */
  #watch(running: Guarded): void {
    void running.exited.then(code => {
      if (this.#process === running) this.#process = undefined;
      // While it starts, whoever waits for that is told.
      if (this.#state !== 'up') return;
      this.#state = 'failed';
      this.options.log.error(
        `Cassandra node "${this.name}" (${this.address}) ended by itself with exit code ${code}`,
      );
    });
  }

  async #answering(running: Guarded): Promise<void> {
    let exitCode: number | undefined;
    void running.exited.then(code => (exitCode = code));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await listens(this.#cql))) {
      if (exitCode !== undefined) {
        throw await this.#failure(`ended with exit code ${exitCode}`);
      }
      if (Date.now() > deadline) {
        throw await this.#failure(`gave no answer in ${START_TIMEOUT_MS} ms`);
      }
      await sleep(POLL_MS);
    }
  }

  async #failure(what: string): Promise<Error> {
    const log = await readFile(this.#logFile, 'utf8').catch(() => '');
    const tail = log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
    return new Error(
      `Cassandra node "${this.name}" (${this.address}) ${what} while it started. The end of its log:\n${tail}`,
    );
  }
}

function listens({ address, port }: CqlAddress): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: address, port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Of 127.0.0.1, where JMX listens. Somebody else may take it meanwhile: then the start fails and says so. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
