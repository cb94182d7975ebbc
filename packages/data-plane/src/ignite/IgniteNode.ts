import { mkdir, open, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnGuarded, type Guarded } from '../cassandra/guard';
import type { RingNode, RingNodeOptions, RingNodeState } from '../ring';
import { nodeArguments } from './jvmOptions';
import { THIN_CLIENT_PORT, type IgniteClusterOptions } from './types';

/** Ignite takes some 10 s; a machine busy with much else far longer. */
const START_TIMEOUT_MS = 240_000;
const POLL_MS = 100;
/** Enough of a log to see why a start failed. */
const LOG_TAIL_LINES = 15;

/** One Ignite in a JVM of its own. */
export class IgniteNode implements RingNode {
  readonly name: string;
  readonly address: string;
  readonly logFile: string;
  #state: RingNodeState = 'stopped';
  #starting: Promise<void> | undefined;
  #process: Guarded | undefined;

  constructor(
    { name, address }: RingNodeOptions,
    private readonly options: Omit<IgniteClusterOptions, 'nodes'>,
  ) {
    this.name = name;
    this.address = address;
    this.logFile = path.join(options.directory, name, 'ignite.log');
  }

  get state(): RingNodeState {
    return this.#state;
  }

  /**
   * Resolves once thin clients are answered.
   *
   * @throws where it ends before that or takes too long, with the end of its log
   */
  start(): Promise<void> {
    if (this.#state === 'up') return Promise.resolve();
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Stops it and keeps its data. @param graceMs - for a clean end; 0: as a crash would */
  async stop(graceMs: number): Promise<void> {
    this.#state = 'stopped';
    await this.#process?.stop(graceMs);
    this.#process = undefined;
    // A start that was under way notices, and must be over.
    await this.#starting?.catch(() => {});
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.stop(0);
  }

  async #start(): Promise<void> {
    this.#state = 'starting';
    try {
      await this.#answering(await this.#spawn());
      this.#state = 'up';
    } catch (error) {
      if (this.#isStopped()) {
        throw new Error(
          `Ignite node "${this.name}" was stopped while it started`,
        );
      }
      await this.#process?.stop(0);
      this.#state = 'failed';
      throw error;
    }
  }

  async #spawn(): Promise<Guarded> {
    const { installation, start } = this.options;
    const wanted = await start(this.name);
    const args = await nodeArguments(installation, this.address, wanted);
    await mkdir(path.dirname(this.logFile), { recursive: true });
    const output = await open(this.logFile, 'a');
    try {
      if (this.#isStopped()) throw new Error('stopped');
      const running = spawnGuarded(installation.java, args, {
        outputFd: output.fd,
        env: { PATH: process.env.PATH, ...wanted.environment },
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

  /** Notices an end that nobody asked for. */
  #watch(running: Guarded): void {
    void running.exited.then(code => {
      if (this.#process === running) this.#process = undefined;
      // While it starts, whoever waits for that is told.
      if (this.#state !== 'up') return;
      this.#state = 'failed';
      this.options.log.error(
        `Ignite node "${this.name}" (${this.address}) ended by itself with exit code ${code}`,
      );
    });
  }

  async #answering(running: Guarded): Promise<void> {
    let exitCode: number | undefined;
    void running.exited.then(code => (exitCode = code));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#listens())) {
      if (exitCode !== undefined) {
        throw await this.#failure(`ended with exit code ${exitCode}`);
      }
      if (Date.now() > deadline) {
        throw await this.#failure(`gave no answer in ${START_TIMEOUT_MS} ms`);
      }
      await sleep(POLL_MS);
    }
  }

  #listens(): Promise<boolean> {
    return new Promise(resolve => {
      const socket = connect({ host: this.address, port: THIN_CLIENT_PORT });
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }

  async #failure(what: string): Promise<Error> {
    const log = await readFile(this.logFile, 'utf8').catch(() => '');
    const tail = log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
    return new Error(
      `Ignite node "${this.name}" (${this.address}) ${what} while it started. The end of its log:\n${tail}`,
    );
  }
}
