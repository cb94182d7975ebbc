/** What the stub speaks; newer is refused with an offer of this, as servers do. */
export const PROTOCOL_VERSION = 4;

const HEADER_BYTES = 9;
/** Cassandra's own limit, `native_transport_max_frame_size`. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const RESPONSE_BIT = 0x80;
const VERSION_MASK = 0x7f;

/** Kinds of messages, by number. */
export const opcodes = {
  error: 0x00,
  startup: 0x01,
  ready: 0x02,
  authenticate: 0x03,
  options: 0x05,
  supported: 0x06,
  query: 0x07,
  result: 0x08,
  prepare: 0x09,
  execute: 0x0a,
  register: 0x0b,
  event: 0x0c,
  batch: 0x0d,
  authResponse: 0x0f,
  authSuccess: 0x10,
} as const;

/** Kinds of errors, by number. */
export const errorCodes = {
  server: 0x0000,
  protocol: 0x000a,
  badCredentials: 0x0100,
  syntax: 0x2000,
  unauthorized: 0x2100,
  invalid: 0x2200,
  alreadyExists: 0x2400,
  unprepared: 0x2500,
} as const;

/** An error that the client is to be told. */
export class CqlError extends Error {
  constructor(
    readonly code: number,
    message: string,
    /** What this code carries after the message. */
    readonly details: Buffer = Buffer.alloc(0),
  ) {
    super(message);
  }
}

/** A message from a client. */
export interface Request {
  readonly version: number;
  readonly flags: number;
  readonly stream: number;
  readonly opcode: number;
  readonly body: Buffer;
}

/** Cuts a stream of bytes into requests. */
export class FrameParser {
  #pending: Buffer = Buffer.alloc(0);

  /** @throws CqlError where a frame is larger than a server takes */
  push(chunk: Buffer): Request[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const requests: Request[] = [];
    while (this.#pending.length >= HEADER_BYTES) {
      const length = this.#pending.readUInt32BE(5);
      if (length > MAX_BODY_BYTES) {
        throw new CqlError(
          errorCodes.protocol,
          `Request is too big: length ${length} exceeds maximum allowed length ${MAX_BODY_BYTES}.`,
        );
      }
      if (this.#pending.length < HEADER_BYTES + length) break;
      requests.push(
        toRequest(this.#pending.subarray(0, HEADER_BYTES + length)),
      );
      this.#pending = this.#pending.subarray(HEADER_BYTES + length);
    }
    return requests;
  }
}

function toRequest(frame: Buffer): Request {
  return {
    /* eslint-disable-next-line no-bitwise */
    version: frame.readUInt8(0) & VERSION_MASK,
    flags: frame.readUInt8(1),
    stream: frame.readInt16BE(2),
    opcode: frame.readUInt8(4),
    body: frame.subarray(HEADER_BYTES),
  };
}

/** @param stream - of the request; -1 for events */
export function encodeResponse(
  stream: number,
  opcode: number,
  body: Buffer,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(RESPONSE_BIT + PROTOCOL_VERSION, 0);
  header.writeInt16BE(stream, 2);
  header.writeUInt8(opcode, 4);
  header.writeUInt32BE(body.length, 5);
  return Buffer.concat([header, body]);
}
