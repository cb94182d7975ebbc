import { withBody, type Frame } from './frames';

/** Kinds of results. */
const ROWS = 2;
const PREPARED = 4;
/** Bits of the flags of a result's metadata. */
const GLOBAL_TABLE = 0x01;
const HAS_MORE_PAGES = 0x02;
const NO_METADATA = 0x04;
/** Bits of a frame's flags: what comes before the body proper. */
const FRAME_TRACING = 0x02;
const FRAME_PAYLOAD = 0x04;
const FRAME_WARNING = 0x08;

/** Bit of the first byte of a frame. */
const RESPONSE = 0x80;

const UUID_BYTES = 16;
const LOOPBACK = Buffer.from([127, 0, 0, 1]);
/** Columns of `system.local` that say where the node is. */
const ADDRESSES = new Set([
  'rpc_address',
  'native_address',
  'broadcast_address',
  'listen_address',
]);
const PORTS = new Set(['rpc_port', 'native_port']);

/** Reads a body from its beginning on. */
class Reader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  short(): number {
    this.at += 2;
    return this.bytes.readUInt16BE(this.at - 2);
  }

  int(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  string(): string {
    const length = this.short();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at).toString('utf8');
  }

  /** In hex. */
  shortBytes(): string {
    const length = this.short();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at).toString('hex');
  }

  /** `null` where the length is negative. */
  value(): Buffer | null {
    const length = this.int();
    if (length < 0) return null;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** The text of a QUERY or PREPARE. */
export function queryText(frame: Frame): string {
  const reader = new Reader(frame.body);
  skipPreamble(frame, reader);
  return reader.value()?.toString('utf8') ?? '';
}

/** Where in its body the id of an EXECUTE's statement begins and ends. */
export function executedId(frame: Frame): { id: string; endsAt: number } {
  const reader = new Reader(frame.body);
  skipPreamble(frame, reader);
  return { id: reader.shortBytes(), endsAt: reader.at };
}

/** The id of a statement that was prepared; undefined for a result of another kind. */
export function preparedId(frame: Frame): string | undefined {
  const reader = new Reader(frame.body);
  skipPreamble(frame, reader);
  return reader.int() === PREPARED ? reader.shortBytes() : undefined;
}

/** The type of an EVENT, such as `STATUS_CHANGE`. */
export function eventType({ body }: Frame): string {
  return new Reader(body).string();
}

/** The answer of SUPPORTED, offering no compression: what is compressed cannot be read here. */
export function withoutCompression(frame: Frame): Buffer {
  const reader = new Reader(frame.body);
  const count = reader.short();
  const parts: Buffer[] = [short(count)];
  for (let i = 0; i < count; i++) {
    const from = reader.at;
    const key = reader.string();
    const keyEnd = reader.at;
    for (let values = reader.short(); values > 0; values--) reader.string();
    parts.push(
      key === 'COMPRESSION'
        ? Buffer.concat([frame.body.subarray(from, keyEnd), short(0)])
        : frame.body.subarray(from, reader.at),
    );
  }
  return withBody(frame, Buffer.concat(parts));
}

/** The same result with its columns and no row. */
export function withoutRows(frame: Frame): Buffer {
  const rows = readRows(frame);
  if (!rows) return frame.bytes;
  const head = frame.body.subarray(0, rows.countAt);
  return withBody(frame, Buffer.concat([head, int(0)]));
}

/** The same rows with the proxy's address and port in the place of the node's. */
export function asLocalProxy(frame: Frame, localPort: number): Buffer {
  const rows = readRows(frame);
  if (!rows || rows.columns.length === 0) return frame.bytes;
  const reader = new Reader(frame.body);
  reader.at = rows.countAt;
  const count = reader.int();
  const parts: Buffer[] = [frame.body.subarray(0, reader.at)];
  for (let row = 0; row < count; row++) {
    for (const column of rows.columns) {
      const value = reader.value();
      parts.push(bytesOf(replacement(column, value, localPort)));
    }
  }
  return withBody(frame, Buffer.concat(parts));
}

function replacement(column: string, value: Buffer | null, localPort: number) {
  if (value === null) return null;
  if (ADDRESSES.has(column)) return LOOPBACK;
  return PORTS.has(column) ? int(localPort) : value;
}

/** The columns of a result of rows, and where the number of rows stands. */
function readRows(
  frame: Frame,
): { columns: string[]; countAt: number } | undefined {
  const reader = new Reader(frame.body);
  skipPreamble(frame, reader);
  if (reader.int() !== ROWS) return undefined;
  const flags = reader.int();
  const count = reader.int();
  if (has(flags, HAS_MORE_PAGES)) reader.value();
  const columns: string[] = [];
  if (has(flags, NO_METADATA)) return { columns, countAt: reader.at };
  const globalTable = has(flags, GLOBAL_TABLE);
  if (globalTable) skipStrings(reader, 2);
  for (let i = 0; i < count; i++) {
    if (!globalTable) skipStrings(reader, 2);
    columns.push(reader.string());
    skipType(reader);
  }
  return { columns, countAt: reader.at };
}

/** Tracing id, warnings and payload, where the frame's flags announce them. */
function skipPreamble({ flags, bytes }: Frame, reader: Reader): void {
  // In a request the flag only asks for tracing.
  const traced = has(flags, FRAME_TRACING) && has(bytes[0], RESPONSE);
  if (traced) reader.at += UUID_BYTES;
  if (has(flags, FRAME_WARNING)) skipStrings(reader, reader.short());
  if (!has(flags, FRAME_PAYLOAD)) return;
  for (let entries = reader.short(); entries > 0; entries--) {
    reader.string();
    reader.value();
  }
}

function skipStrings(reader: Reader, count: number): void {
  for (let i = 0; i < count; i++) reader.string();
}

const CUSTOM = 0x00;
const LIST = 0x20;
const MAP = 0x21;
const SET = 0x22;
const USER_DEFINED = 0x30;
const TUPLE = 0x31;

function skipType(reader: Reader): void {
  switch (reader.short()) {
    case CUSTOM:
      reader.string();
      break;
    case LIST:
    case SET:
      skipType(reader);
      break;
    case MAP:
      skipType(reader);
      skipType(reader);
      break;
    case USER_DEFINED:
      skipStrings(reader, 2);
      for (let fields = reader.short(); fields > 0; fields--) {
        reader.string();
        skipType(reader);
      }
      break;
    case TUPLE:
      for (let types = reader.short(); types > 0; types--) skipType(reader);
      break;
    default:
    // The others are one number.
  }
}

function has(flags: number, bit: number): boolean {
  // eslint-disable-next-line no-bitwise
  return (flags & bit) !== 0;
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function bytesOf(value: Buffer | null): Buffer {
  return value === null ? int(-1) : Buffer.concat([int(value.length), value]);
}
