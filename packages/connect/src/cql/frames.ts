import { Transform, type TransformCallback } from 'node:stream';

/**
 * Numbers of the CQL binary protocol, versions 3 and 4.
 *
 * @see https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec
 */
export const CQL = {
  overloaded: 0x1001,
  protocolError: 0x000a,
  opcodes: {
    error: 0x00,
    startup: 0x01,
    supported: 0x06,
    query: 0x07,
    result: 0x08,
    prepare: 0x09,
    execute: 0x0a,
    event: 0x0c,
  },
} as const;

const HEADER_BYTES = 9;
const LENGTH_AT = 5;
const RESPONSE = 0x80;
const LOWEST_VERSION = 3;
/** From version 5 on, frames travel in segments; who is told "4" falls back to it. */
export const HIGHEST_VERSION = 4;
/** What the protocol allows a frame to hold. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** One frame with its header taken apart. */
export interface Frame {
  /** Without the bit that marks a response. */
  readonly version: number;
  readonly flags: number;
  readonly stream: number;
  readonly opcode: number;
  readonly body: Buffer;
  /** As it came. */
  readonly bytes: Buffer;
}

/** Whether bytes that a client sent begin with a request of the protocol. */
export function isRequest(bytes: Buffer): boolean {
  return bytes.length >= HEADER_BYTES && bytes[0] < RESPONSE && bytes[0] > 0;
}

/** Takes a whole frame apart. */
export function parseFrame(bytes: Buffer): Frame {
  return {
    // eslint-disable-next-line no-bitwise
    version: bytes[0] & 0x7f,
    flags: bytes[1],
    stream: bytes.readInt16BE(2),
    opcode: bytes[4],
    body: bytes.subarray(HEADER_BYTES),
    bytes,
  };
}

/** The frame with another body. */
export function withBody(frame: Frame, body: Buffer): Buffer {
  const header = Buffer.from(frame.bytes.subarray(0, HEADER_BYTES));
  header.writeInt32BE(body.length, LENGTH_AT);
  return Buffer.concat([header, body]);
}

/** An ERROR in answer to a request, in a version that its sender can read. */
export function errorFrame(
  request: Buffer,
  code: number,
  message: string,
): Buffer {
  const text = Buffer.from(message);
  const frame = Buffer.alloc(HEADER_BYTES + 6 + text.length);
  const version = Math.min(request[0], HIGHEST_VERSION);
  frame[0] = RESPONSE + Math.max(version, LOWEST_VERSION);
  request.copy(frame, 2, 2, 4);
  frame[4] = CQL.opcodes.error;
  frame.writeInt32BE(6 + text.length, LENGTH_AT);
  frame.writeInt32BE(code, HEADER_BYTES);
  frame.writeUInt16BE(text.length, HEADER_BYTES + 4);
  text.copy(frame, HEADER_BYTES + 6);
  return frame;
}

/**
 * Passes frames on one by one, as `change` returns them; `undefined` drops one.
 * Fails on a frame that is longer than the protocol allows.
 */
export class FrameStream extends Transform {
  readonly #change: (frame: Frame) => Buffer | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted = HEADER_BYTES;

  constructor(change: (frame: Frame) => Buffer | undefined) {
    super();
    this.#change = change;
  }

  _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    try {
      while (this.#bytes >= this.#wanted) this.#next();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  #next(): void {
    const bytes = Buffer.concat(this.#chunks);
    const length = bytes.readUInt32BE(LENGTH_AT);
    if (length > MAX_BODY_BYTES) {
      throw new Error(`A frame of ${length} bytes is not CQL`);
    }
    const end = HEADER_BYTES + length;
    if (bytes.length < end) {
      // Joined once more when all of it is there, not at each chunk.
      this.#keep(bytes, end);
      return;
    }
    this.#keep(bytes.subarray(end), HEADER_BYTES);
    const changed = this.#change(parseFrame(bytes.subarray(0, end)));
    if (changed) this.push(changed);
  }

  #keep(rest: Buffer, wanted: number): void {
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    this.#wanted = wanted;
  }
}
