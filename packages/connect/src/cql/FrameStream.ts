import { Transform, type TransformCallback } from 'node:stream';
import {
  HEADER_BYTES,
  LENGTH_AT,
  MAX_BODY_BYTES,
  NotCqlError,
  parseFrame,
  type Frame,
} from './frames';

/** What is looked at of every frame. Longer ones pass in pieces, unless they are wanted whole. */
const LOOK_BYTES = 64 * 1024;
/** Nothing longer is ever held. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** What becomes of frames. */
export interface FrameHandler {
  /** The same bytes pass on as they came; `undefined` drops the frame. */
  change(frame: Frame): Buffer | undefined;
  /** @throws NotCqlError where no frame of this direction begins with this byte */
  expect?(firstByte: number): void;
  /**
   * Whether {@link FrameHandler.change} is to see a frame that is too long to
   * be looked at by the way. Asked with its beginning.
   *
   * @default never
   */
  wants?(beginning: Frame): boolean;
}

/**
 * Takes a stream of CQL apart into frames. No byte is copied more than three
 * times, and a long frame that nobody wants passes without being held.
 */
export class FrameStream extends Transform {
  readonly #handler: FrameHandler;
  /** The beginning of a frame of which more is needed: as long as that will be. */
  #held = NOTHING;
  #filled = 0;
  /** How much of a long frame is still to pass. */
  #passing = 0;
  /** To be passed on where a frame ends. */
  #inserted: Buffer[] = [];

  constructor(handler: FrameHandler) {
    super();
    this.#handler = handler;
  }

  /** Passes a frame on that nobody sent, between those that were sent. */
  insert(frame: Buffer): void {
    if (this.#passing > 0) this.#inserted.push(frame);
    else this.push(frame);
  }

  _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    try {
      let rest = chunk;
      while (rest.length > 0) rest = this.#take(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** @returns what is left of the chunk */
  #take(chunk: Buffer): Buffer {
    if (this.#passing > 0) return this.#pass(chunk);
    if (this.#held.length > 0) return this.#fill(chunk);
    this.#split(chunk);
    return NOTHING;
  }

  #pass(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.#passing);
    this.push(part);
    this.#passing -= part.length;
    if (this.#passing === 0) {
      this.#inserted.splice(0).forEach(frame => this.push(frame));
    }
    return chunk.subarray(part.length);
  }

  #fill(chunk: Buffer): Buffer {
    const copied = chunk.copy(this.#held, this.#filled);
    this.#filled += copied;
    if (this.#filled === this.#held.length) {
      const bytes = this.#held;
      this.#held = NOTHING;
      this.#split(bytes);
    }
    return chunk.subarray(copied);
  }

  /** Passes on what is whole in one piece as far as it is unchanged, and keeps the rest. */
  #split(bytes: Buffer): void {
    let from = 0;
    let at = 0;
    let end = endOf(bytes, at, this.#handler);
    while (end <= bytes.length) {
      const frame = parseFrame(bytes.subarray(at, end));
      const changed = this.#handler.change(frame);
      if (changed !== frame.bytes) {
        this.#pushPart(bytes.subarray(from, at));
        if (changed) this.push(changed);
        from = end;
      }
      at = end;
      end = endOf(bytes, at, this.#handler);
    }
    this.#pushPart(bytes.subarray(from, at));
    if (at < bytes.length) this.#begin(bytes.subarray(at), end - at);
  }

  /** @param length - of the whole frame, as far as it is known */
  #begin(beginning: Buffer, length: number): void {
    const look = Math.min(length, LOOK_BYTES);
    if (beginning.length < look) this.#hold(beginning, look);
    else if (this.#isWanted(beginning, length)) this.#hold(beginning, length);
    else {
      this.push(beginning);
      this.#passing = length - beginning.length;
    }
  }

  #isWanted(beginning: Buffer, length: number): boolean {
    if (length > MAX_HELD_BYTES) return false;
    return this.#handler.wants?.(parseFrame(beginning)) ?? false;
  }

  #hold(beginning: Buffer, length: number): void {
    this.#held = Buffer.allocUnsafe(length);
    this.#filled = beginning.copy(this.#held);
  }

  #pushPart(bytes: Buffer): void {
    if (bytes.length > 0) this.push(bytes);
  }
}

/** Where the frame ends that begins at `at`; its header, while that is not all there. */
function endOf(bytes: Buffer, at: number, handler: FrameHandler): number {
  if (at < bytes.length) handler.expect?.(bytes[at]);
  if (bytes.length < at + HEADER_BYTES) return at + HEADER_BYTES;
  const length = bytes.readUInt32BE(at + LENGTH_AT);
  if (length > MAX_BODY_BYTES) {
    throw new NotCqlError(`a frame of ${length} bytes`);
  }
  return at + HEADER_BYTES + length;
}
