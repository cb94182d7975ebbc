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
    result: 0x08,
    execute: 0x0a,
    event: 0x0c,
  },
} as const;

/** Of the header: version, flags, stream, opcode and length. */
export const HEADER_BYTES = 9;
/** Where in the header the length of the body stands. */
export const LENGTH_AT = 5;
/** Bit of the first byte of a frame. */
export const RESPONSE = 0x80;
/** Earlier ones have another header. */
export const LOWEST_VERSION = 3;
/** From version 5 on, frames travel in segments; who is told "4" falls back to it. */
export const HIGHEST_VERSION = 4;
/** What the protocol allows a frame to hold. */
export const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** What came was not CQL, or of a version that cannot be read. */
export class NotCqlError extends Error {
  readonly name = 'NotCqlError';

  /** @param seen - such as "a frame of 4294967295 bytes" */
  constructor(readonly seen: string) {
    super(`Not CQL: ${seen}`);
  }
}

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
