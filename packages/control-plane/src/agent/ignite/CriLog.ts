import { appendFile, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const EVERY_MS = 250;

/** A program's output in the form that a container runtime keeps it, which is what kubelets read. */
export class CriLog {
  #offset = 0;
  /** Of a line whose end has not come yet. */
  #rest = '';
  #timer?: NodeJS.Timeout;
  #copying = Promise.resolve();

  /**
   * @param source - what the program writes; need not be there yet
   * @param file - where the lines go
   */
  constructor(private readonly source: string, readonly file: string) {}

  /** Begins with an empty log. */
  async start(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    await appendFile(this.file, '');
    this.#timer ??= setInterval(() => {
      this.#copying = this.#copying.then(() => this.#copy()).catch(() => {});
    }, EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#copying;
  }

  async #copy(): Promise<void> {
    const handle = await open(this.source, 'r');
    try {
      const { size } = await handle.stat();
      if (size <= this.#offset) return;
      const bytes = Buffer.alloc(size - this.#offset);
      await handle.read(bytes, 0, bytes.length, this.#offset);
      this.#offset = size;
      const lines = (this.#rest + bytes.toString('utf8')).split('\n');
      this.#rest = lines.pop()!;
      const at = new Date().toISOString();
      const text = lines.map(line => `${at} stdout F ${line}\n`).join('');
      await appendFile(this.file, text);
    } finally {
      await handle.close();
    }
  }
}
