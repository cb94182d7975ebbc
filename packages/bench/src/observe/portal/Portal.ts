import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../../paths';
import { httpRequest, type Answer } from '../http';
import { KUBERNETES_CLUSTER } from '../template';
import type { World } from '../world';
import type { Answers, PortalArguments, Question, Told } from './messages';

const MAIN = join(ROOT, 'packages/bench/src/observe/portal/main.ts');
/** In a network namespace where nothing else listens. */
const PORT = 7007;
const READY_WITHIN_MS = 120_000;
const EVERY_MS = 20;

/** A running portal. */
export class Portal {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  /** When each database was first told of. */
  readonly #firstTold = new Map<string, number>();
  readonly #listeners = new Set<(database: string, at: number) => void>();
  #startedAt = NaN;
  #onAnswer: (answer: Answers[Question]) => void = () => {};

  private constructor(child: ChildProcess, logFile: string) {
    this.#child = child;
    this.#logFile = logFile;
    child.on('message', (told: Told) => this.#hear(told));
  }

  /** Starts it with a database of its own. @throws Error where it is not ready in time, naming its log */
  static async start(world: World): Promise<Portal> {
    const directory = await mkdtemp(join(world.directory, 'portal-'));
    const logFile = join(ROOT, 'test-results', 'bench-observe-portal.log');
    const args: PortalArguments = {
      port: PORT,
      directory,
      connection: world.connection,
      namespaces: world.namespaces,
    };
    const child = fork(MAIN, [JSON.stringify(args)], {
      execArgv: [...process.execArgv, '--expose-gc'],
      env: { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = createWriteStream(logFile);
    child.stdout!.pipe(log, { end: false });
    child.stderr!.pipe(log, { end: false });
    const portal = new Portal(child, logFile);
    await portal.#ready();
    return portal;
  }

  /** When its plugins began to start, by `Date.now()`. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** When a report on each database was first told of, by `Date.now()`. */
  get firstTold(): ReadonlyMap<string, number> {
    return this.#firstTold;
  }

  /** Called with each report that changes, as an open card is; returns what ends it. */
  onChange(listener: (database: string, at: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** GET, or POST of a body, below `/api`. */
  request(path: string, body?: object): Promise<Answer> {
    return httpRequest(`http://127.0.0.1:${PORT}/api${path}`, body);
  }

  /** The report on the database of a namespace, as a card asks for it. */
  report(namespace: string): Promise<Answer> {
    return this.request(
      `/ringfence/databases/${KUBERNETES_CLUSTER}/${namespace}/report`,
    );
  }

  /** One question at a time. */
  ask<Q extends Question>(question: Q): Promise<Answers[Q]> {
    return new Promise(resolve => {
      this.#onAnswer = answer => resolve(answer as Answers[Q]);
      this.#child.send({ ask: question });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #hear(told: Told): void {
    if (told.tell === 'ready') this.#startedAt = told.startedAt;
    if (told.tell === 'answer') this.#onAnswer(told.answer);
    if (told.tell !== 'changed') return;
    const { database, at } = told;
    if (!this.#firstTold.has(database)) this.#firstTold.set(database, at);
    this.#listeners.forEach(listener => listener(database, at));
  }

  async #ready(): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS;
    while (Number.isNaN(this.#startedAt)) {
      if (this.#child.exitCode !== null || Date.now() > end) {
        await this.stop();
        throw new Error(`The portal did not start. Its log: ${this.#logFile}`);
      }
      await delay(EVERY_MS);
    }
  }
}
