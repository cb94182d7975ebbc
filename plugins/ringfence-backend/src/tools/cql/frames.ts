/**
 * The few messages of the CQL native protocol, version 4, that a login takes.
 *
 * @see https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec
 */

const REQUEST_VERSION = 0x04;
const RESPONSE_BIT = 0x80;
const HEADER_BYTES = 9;
/** Answers to a login are tiny; whatever claims more is not CQL. */
const MAX_BODY_BYTES = 256 * 1024;

const OPCODES = {
  error: 0x00,
  startup: 0x01,
  ready: 0x02,
  authenticate: 0x03,
  authChallenge: 0x0e,
  authResponse: 0x0f,
  authSuccess: 0x10,
} as const;

/** `Bad credentials`: user name or password is wrong, or may not log in. */
export const BAD_CREDENTIALS = 0x0100;

/** What the server says. */
export type Response =
  | { readonly type: 'ready' }
  | { readonly type: 'authenticate'; readonly authenticator: string }
  | { readonly type: 'authChallenge' }
  | { readonly type: 'authSuccess' }
  | { readonly type: 'error'; readonly code: number; readonly message: string };

/** What answers does not speak CQL. */
export class NotCqlError extends Error {
  readonly name = 'NotCqlError';
}

/** Opens the conversation. */
export function startupFrame(): Buffer {
  const pairs = [['CQL_VERSION', '3.0.0']];
  return frame(
    OPCODES.startup,
    Buffer.concat([
      uint16(pairs.length),
      ...pairs
        .flat()
        .map(text => Buffer.concat([uint16(text.length), Buffer.from(text)])),
    ]),
  );
}

/** Answers with SASL PLAIN (RFC 4616), as password authenticators expect it. */
export function plainAuthResponseFrame(
  username: string,
  password: string,
): Buffer {
  const token = Buffer.from(`\0${username}\0${password}`, 'utf8');
  const length = Buffer.alloc(4);
  length.writeInt32BE(token.length);
  return frame(OPCODES.authResponse, Buffer.concat([length, token]));
}

function frame(opcode: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(REQUEST_VERSION, 0);
  header.writeUInt8(opcode, 4);
  header.writeInt32BE(body.length, 5);
  return Buffer.concat([header, body]);
}

/** Puts the chunks of a stream together again. */
export class ResponseReader {
  #buffered: Buffer = Buffer.alloc(0);

  /**
   * Takes a chunk.
   *
   * @returns the next response, or undefined while it is not complete
   * @throws NotCqlError
   */
  push(chunk: Buffer): Response | undefined {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    // eslint-disable-next-line no-bitwise
    if (this.#buffered.length > 0 && !(this.#buffered[0] & RESPONSE_BIT)) {
      throw new NotCqlError('What answers does not speak CQL');
    }
    if (this.#buffered.length < HEADER_BYTES) return undefined;
    const length = this.#buffered.readInt32BE(5);
    if (length < 0 || length > MAX_BODY_BYTES) {
      throw new NotCqlError('What answers does not speak CQL');
    }
    const end = HEADER_BYTES + length;
    if (this.#buffered.length < end) return undefined;
    const opcode = this.#buffered.readUInt8(4);
    const body = this.#buffered.subarray(HEADER_BYTES, end);
    this.#buffered = this.#buffered.subarray(end);
    return readResponse(opcode, body);
  }
}

function readResponse(opcode: number, body: Buffer): Response {
  try {
    switch (opcode) {
      case OPCODES.ready:
        return { type: 'ready' };
      case OPCODES.authenticate:
        return { type: 'authenticate', authenticator: readString(body, 0) };
      case OPCODES.authChallenge:
        return { type: 'authChallenge' };
      case OPCODES.authSuccess:
        return { type: 'authSuccess' };
      case OPCODES.error:
        return {
          type: 'error',
          code: body.readInt32BE(0),
          message: readString(body, 4),
        };
      default:
        throw new NotCqlError(
          `Unexpected CQL message 0x${opcode.toString(16)}`,
        );
    }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new NotCqlError('The CQL message is shorter than it says');
    }
    throw error;
  }
}

function readString(body: Buffer, at: number): string {
  const start = at + 2;
  const end = start + body.readUInt16BE(at);
  if (end > body.length) throw new RangeError('string is cut');
  return body.toString('utf8', start, end);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
