import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

/** How long a component may take to end after it was asked to. */
const STOP_TIMEOUT_MS = 10_000;

/** A process of the control plane, its output in `<logDir>/<name>.log`. */
export class Component {
  private child: ChildProcess;

  constructor(
    readonly name: string,
    private readonly command: string,
    private readonly args: readonly string[],
    private readonly logDir: string,
    private readonly env: NodeJS.ProcessEnv = {},
  ) {
    this.child = this.start();
  }

  /** Starts it again after {@link kill} or {@link stop}, with the same arguments. */
  restart(): void {
    if (this.isRunning) throw new Error(`${this.name} is still running`);
    this.child = this.start();
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** SIGKILL: as in a crash. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Asked first; killed where it does not listen. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.end('SIGTERM');
    clearTimeout(timer);
  }

  private start(): ChildProcess {
    const log = createWriteStream(join(this.logDir, `${this.name}.log`), {
      flags: 'a',
    });
    const child = spawn(this.command, this.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.env },
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    // It could not be started: whoever waits for it says where its log is.
    child.once('error', error => log.write(`${error}\n`));
    child.once('close', () => log.end());
    return child;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}
