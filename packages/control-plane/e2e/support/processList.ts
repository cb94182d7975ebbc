import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 100;

/** Looks at all processes again and again: whatever was ever on a command line is kept. */
export class ProcessList {
  private readonly seen = new Set<string>();
  private readonly ended = new AbortController();
  private readonly watching = this.watch();

  /** Every command line so far, one a line. */
  get commandLines(): string {
    return [...this.seen].join('\n');
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.ended.signal.aborted) {
      const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
      await Promise.all(pids.map(pid => this.look(pid)));
      await delay(EVERY_MS, undefined, { signal: this.ended.signal }).catch(
        () => {},
      );
    }
  }

  private async look(pid: string): Promise<void> {
    // One that has ended meanwhile has no command line any more.
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line) this.seen.add(line.replaceAll('\0', ' '));
  }
}
