import type net from 'node:net';
import type { Writable } from 'node:stream';

/** The most that TLS hands over at once. A busy connection fills it, and has more. */
export const RECORD_BYTES = 16 * 1024;
/** As much as a TLS record holds, several times. */
const RECEIVE_BYTES = 64 * 1024;
/** What one turn of the event loop brings of a busy connection. */
const BLOCK_BYTES = 128 * 1024;
/** Of all connections together; those that find none left copy each piece on its own. */
const MAX_BLOCKS = 64;

/** Where everything is received: it is copied from here before anything else arrives. */
let received: Buffer | undefined;
const freeBlocks: Buffer[] = [];
let lentBlocks = 0;

/**
 * Writes what a TLS socket receives straight to another stream. As 'data'
 * events each record of 16 kB would be a buffer of its own, to be collected;
 * here all that arrives in one turn of the event loop is one write, from memory
 * that is used again. What does not fill a record is written at once: an answer
 * to somebody who waits, after which nothing follows.
 *
 * It is given to `dial`; the socket that comes of it has no 'data' events.
 */
export class Feed {
  readonly #to: Writable;
  #from: net.Socket | undefined;
  #block: Buffer | undefined;
  #filled = 0;
  #isCorked = false;

  constructor(to: Writable) {
    this.#to = to;
  }

  /** What `net.Socket` takes under this name. */
  get onread(): net.OnReadOpts {
    received ??= Buffer.allocUnsafeSlow(RECEIVE_BYTES);
    const buffer = received;
    return {
      buffer,
      callback: size => this.#take(buffer.subarray(0, size)),
    };
  }

  /** Follows the socket from now on: slows it down to its reader, and ends the other where it ends. */
  attach(from: net.Socket): void {
    this.#from = from;
    this.#to.on('drain', () => from.resume());
    from.once('end', () => {
      this.#flush();
      this.#to.end();
    });
    from.resume();
  }

  /** @returns whether more may come */
  #take(piece: Buffer): boolean {
    const isLast = piece.length < RECORD_BYTES;
    if (isLast && !this.#block && !this.#isCorked) {
      return this.#to.write(Buffer.from(piece));
    }
    if (this.#filled + piece.length > BLOCK_BYTES) this.#flush();
    this.#block ??= this.#borrow();
    if (this.#block) {
      this.#filled += piece.copy(this.#block, this.#filled);
      if (isLast) this.#flush();
    } else {
      this.#cork();
      this.#to.write(Buffer.from(piece));
    }
    return !this.#to.writableNeedDrain;
  }

  #borrow(): Buffer | undefined {
    if (lentBlocks === MAX_BLOCKS) return undefined;
    lentBlocks++;
    setImmediate(() => this.#flush());
    return freeBlocks.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  #flush(): void {
    const block = this.#block;
    if (!block) return;
    const bytes = block.subarray(0, this.#filled);
    this.#block = undefined;
    this.#filled = 0;
    const mayGoOn = this.#to.write(bytes, () => {
      lentBlocks--;
      freeBlocks.push(block);
    });
    if (!mayGoOn) this.#from?.pause();
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#to.cork();
    setImmediate(() => {
      this.#isCorked = false;
      this.#to.uncork();
    });
  }
}
