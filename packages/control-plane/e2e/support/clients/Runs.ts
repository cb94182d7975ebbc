import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { ROOT } from '../../../src/root';
import type { BundledClient } from './clients';
import { goEnvironment } from './drivers';
import { killGroup, LiveRun } from './LiveRun';
import { cargoEnvironment, rustFolder } from './rust';

/** The end of a client's command. */
export interface Run {
  readonly exitCode: number | null;
  /** Both streams. */
  readonly output: string;
}

/** Where and with what clients run. */
export interface RunsOptions {
  /** The folder of fetched drivers. */
  readonly drivers: string;
  /** A bundle, unpacked. */
  readonly bundle: string;
  readonly password: string;
}

/** Runs clients in a bundle's folder, and keeps the time that each took. */
export class Runs {
  private readonly times = new Map<string, Map<string, number>>();
  private readonly children: ChildProcess[] = [];

  constructor(private readonly options: RunsOptions) {}

  /**
   * @param what - such as `example`, a column of {@link table}
   * @param command - the shell's
   */
  async run(
    client: BundledClient,
    what: string,
    command: string,
    statements = '',
  ): Promise<Run> {
    const started = Date.now();
    const child = this.spawn(command, statements);
    const [output, [exitCode]] = await Promise.all([
      text(child.stdout!),
      once(child, 'exit'),
    ]);
    const seconds = (Date.now() - started) / 1000;
    const times = this.times.get(client.name) ?? new Map();
    this.times.set(client.name, times.set(what, seconds));
    return { exitCode, output };
  }

  /** Runs a client's statements, among them one that is repeated. */
  start({ name, statements: command }: BundledClient, statements: string) {
    return new LiveRun(name, this.spawn(command, statements));
  }

  private spawn(command: string, statements: string): ChildProcess {
    const child = spawn('sh', ['-ec', `exec 2>&1; ${command}`], {
      cwd: this.options.bundle,
      env: { ...this.environment(), STATEMENTS: statements },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    this.children.push(child);
    return child;
  }

  /** Ends what still runs: a test that failed may have left it. */
  stop(): void {
    this.children.forEach(killGroup);
  }

  /** Seconds by client and command. */
  table(): string {
    return [...this.times]
      .map(([name, times]) => {
        const cells = [...times].map(
          ([what, seconds]) => `${what} ${seconds.toFixed(1)} s`,
        );
        return `${name}: ${cells.join(', ')}\n`;
      })
      .join('');
  }

  private environment(): NodeJS.ProcessEnv {
    // Without jest's own, which Node as a client would take for its.
    const { NODE_OPTIONS, JEST_WORKER_ID, ...env } = process.env;
    const { drivers, password } = this.options;
    return {
      ...env,
      ...goEnvironment(drivers),
      ...cargoEnvironment(rustFolder()),
      // What is not fetched yet cannot be in here.
      GOPROXY: 'off',
      GOSUMDB: 'off',
      CARGO_NET_OFFLINE: 'true',
      NODE_PATH: join(ROOT, 'node_modules'),
      RINGFENCE_CONNECT: join(ROOT, 'packages/connect/bin/ringfence-connect'),
      CASSANDRA_PASSWORD: password,
      DRIVERS: drivers,
      RUST_DRIVER: rustFolder(),
      SUPPORT: __dirname,
    };
  }
}
