import type { MessageReader, MessageWriter } from './bytes';
import { NotIgniteError } from './messages';

/** Type codes of data objects. @see https://ignite.apache.org/docs/latest/binary-client-protocol/data-format */
const TYPES = {
  byte: 1,
  short: 2,
  int: 3,
  long: 4,
  float: 5,
  double: 6,
  char: 7,
  boolean: 8,
  string: 9,
  uuid: 10,
  date: 11,
  bytes: 12,
  timestamp: 33,
  null: 101,
} as const;

const MAX_INT32 = 0x7fff_ffff;

/**
 * Writes a value of SQL.
 *
 * @throws TypeError for what has no such form
 */
export function writeValue(to: MessageWriter, value: unknown): void {
  if (value === null || value === undefined) to.byte(TYPES.null);
  else if (typeof value === 'boolean') to.byte(TYPES.boolean).boolean(value);
  else if (typeof value === 'bigint') to.byte(TYPES.long).int64(value);
  else if (typeof value === 'number') writeNumber(to, value);
  else if (typeof value === 'string') {
    to.byte(TYPES.string).sized(Buffer.from(value, 'utf8'));
  } else throw new TypeError(`A ${typeof value} cannot be sent to Ignite`);
}

function writeNumber(to: MessageWriter, value: number): void {
  if (!Number.isSafeInteger(value)) to.byte(TYPES.double).double(value);
  else if (Math.abs(value) <= MAX_INT32) to.byte(TYPES.int).int32(value);
  else to.byte(TYPES.long).int64(BigInt(value));
}

type Read = (from: MessageReader) => unknown;

const READ: Readonly<Record<number, Read>> = {
  [TYPES.byte]: from => from.byte(),
  [TYPES.short]: from => from.int16(),
  [TYPES.int]: from => from.int32(),
  [TYPES.long]: from => asNumber(from.int64()),
  [TYPES.float]: from => from.float(),
  [TYPES.double]: from => from.double(),
  [TYPES.char]: from => String.fromCharCode(from.int16()),
  [TYPES.boolean]: from => from.boolean(),
  [TYPES.string]: from => from.sized().toString('utf8'),
  [TYPES.uuid]: readUuid,
  [TYPES.date]: from => new Date(Number(from.int64())),
  [TYPES.bytes]: from => Buffer.from(from.sized()),
  [TYPES.timestamp]: readTimestamp,
  [TYPES.null]: () => null,
};

/**
 * Reads a value of SQL: `long` as a number where it has no more than 53 bits,
 * UUID as text, dates and timestamps as `Date`.
 *
 * @throws NotIgniteError for a type that no view of the system has
 */
export function readValue(from: MessageReader): unknown {
  const type = from.byte();
  const read = READ[type];
  if (!read) {
    throw new NotIgniteError(
      `Ignite answered a value of type ${type}, which is not understood`,
    );
  }
  return read(from);
}

function asNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Two numbers, the more significant one first. */
function readUuid(from: MessageReader): string {
  const hex = [from.int64(), from.int64()]
    .map(half => BigInt.asUintN(64, half).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function readTimestamp(from: MessageReader): Date {
  const ms = Number(from.int64());
  from.int32(); // nanoseconds, which a Date does not know
  return new Date(ms);
}
