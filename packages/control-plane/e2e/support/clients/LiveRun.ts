import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** From the last statement to the end of the process. */
const END_WITHIN_MS = 60_000;

/** Ends a child that leads a process group, and all in that group. */
export function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, 'SIGKILL');
}

/** How a client that repeats one statement has fared so far. */
export class LiveRun {
  succeeded = 0;
  /** What it said of each statement that failed. */
  readonly failed: string[] = [];
  /** Since the last failure. */
  inARow = 0;
  /** The last lines, for who must find out why it ended. */
  private last: string[] = [];
  private readonly ended: Promise<unknown>;

  /** @param child - both of its streams are its output */
  constructor(readonly name: string, private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', line =>
      this.take(line),
    );
    this.ended = once(child, 'close');
  }

  /**
   * Resolves once it has ended.
   *
   * @returns its exit code
   * @throws where it has not ended in time: then it is killed
   */
  async end(withinMs = END_WITHIN_MS): Promise<number | null> {
    const late = Symbol('late');
    const controller = new AbortController();
    const { signal } = controller;
    const first = await Promise.race([
      this.ended,
      delay(withinMs, late, { signal }),
    ]);
    controller.abort();
    if (first === late) {
      this.kill();
      throw new Error(
        `${this.name} did not end within ${
          withinMs / 1000
        } s of being told to; its last lines:\n${this.last.join('\n')}`,
      );
    }
    return this.child.exitCode;
  }

  /** Ends it and what it has started; one that has ended is left alone. */
  kill(): void {
    killGroup(this.child);
  }

  /**
   * Whether so many statements in a row succeeded.
   *
   * @throws where it has ended: there will be no more
   */
  has(inARow: number): boolean {
    if (this.child.exitCode !== null) {
      throw new Error(`${this.name} ended:\n${this.last.join('\n')}`);
    }
    return this.inARow >= inARow;
  }

  /** From here on. */
  forget(): void {
    this.inARow = 0;
  }

  private take(line: string): void {
    this.last = [...this.last, line].slice(-20);
    if (line === 'ok') {
      this.succeeded += 1;
      this.inARow += 1;
    } else if (line.startsWith('failed ')) {
      this.failed.push(line);
      this.inARow = 0;
    }
  }
}
