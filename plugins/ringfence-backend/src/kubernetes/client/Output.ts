import { Writable } from 'node:stream';

/** Far more than any command of ours prints. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Keeps what a command prints, as far as that is sensible. */
export class Output extends Writable {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= MAX_BYTES) this.#chunks.push(chunk);
    callback();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
