import { readerOf } from './bodies';
import { withBody, type Frame } from './frames';
import { bytesOf, has, int, without, type Reader } from './Reader';

/** Kinds of results. */
const ROWS = 2;
const PREPARED = 4;
/** Bits of the flags of a result's metadata. */
const GLOBAL_TABLE = 0x01;
const HAS_MORE_PAGES = 0x02;
const NO_METADATA = 0x04;

/** From this version on PREPARED tells the partition key. */
const PARTITION_KEY_VERSION = 4;

/** Types of columns. */
const CUSTOM = 0x00;
const INET = 0x10;
const LIST = 0x20;
const MAP = 0x21;
const SET = 0x22;
const USER_DEFINED = 0x30;
const TUPLE = 0x31;
/** More than anybody nests. */
const MAX_DEPTH = 64;

const INT_BYTES = 4;
const SHORT_BYTES = 2;
const LOOPBACK = Buffer.from([127, 0, 0, 1]);
const PORTS = new Set(['rpc_port', 'native_port']);

/** What a result is about, where it has to be changed: the node that answers, or the others. */
export type About = 'local' | 'peers';

/** Where drivers learn the nodes from. */
const TABLES: Readonly<Record<string, About>> = {
  'system.local': 'local',
  'system.peers': 'peers',
  'system.peers_v2': 'peers',
};

/** How the proxy shows itself as a node. */
export interface LocalNode {
  readonly port: number;
  /** 16 bytes, the same on every connection. */
  readonly hostId: Buffer;
}

interface Column {
  readonly name: string;
  readonly type: number;
}

/** Metadata as far as its columns. */
interface Head {
  /** Absent where the columns are left out, too. */
  readonly about?: About;
  readonly flagsAt: number;
  readonly flags: number;
  /** Of columns that follow. */
  readonly count: number;
  /** Where the state of the paging is; of no length where there is none. */
  readonly paging: readonly [from: number, to: number];
}

/** What rows are about; undefined for all others. Its beginning is enough to tell. */
export function aboutOfRows(frame: Frame): About | undefined {
  const reader = readerOf(frame);
  return reader.int() === ROWS ? readHead(reader).about : undefined;
}

/** A statement that was prepared, and what its rows will be about. */
export function prepared(
  frame: Frame,
): { readonly id: string; readonly about?: About } | undefined {
  const reader = readerOf(frame);
  if (reader.int() !== PREPARED) return undefined;
  const id = reader.shortBytes();
  const parameters = readHead(reader, frame.version >= PARTITION_KEY_VERSION);
  readColumns(reader, parameters);
  return { id, about: readHead(reader).about };
}

/** The same rows' columns and no row. */
export function withoutRows(frame: Frame): Buffer {
  const reader = readerOf(frame);
  reader.int();
  const head = readHead(reader);
  readColumns(reader, head);
  const { body } = frame;
  const [pagingFrom, pagingTo] = head.paging;
  return withBody(
    frame,
    Buffer.concat([
      body.subarray(0, head.flagsAt),
      int(without(head.flags, HAS_MORE_PAGES)),
      body.subarray(head.flagsAt + INT_BYTES, pagingFrom),
      body.subarray(pagingTo, reader.at),
      int(0),
    ]),
  );
}

/** The same rows with the proxy in the place of the node. */
export function asLocalNode(frame: Frame, node: LocalNode): Buffer {
  const reader = readerOf(frame);
  reader.int();
  const columns = readColumns(reader, readHead(reader));
  const count = reader.int();
  const parts: Buffer[] = [frame.body.subarray(0, reader.at)];
  for (let row = 0; row < count; row++) {
    for (const column of columns) {
      parts.push(bytesOf(replacement(column, reader.value(), node)));
    }
  }
  return withBody(frame, Buffer.concat(parts));
}

/** All addresses in `system.local` are the node's own, whatever a query calls them. */
function replacement(
  { name, type }: Column,
  value: Buffer | null,
  { port, hostId }: LocalNode,
): Buffer | null {
  if (value === null) return null;
  if (type === INET) return LOOPBACK;
  if (name === 'host_id') return hostId;
  return PORTS.has(name) ? int(port) : value;
}

/** @param hasKey - whether the positions of the partition key are in there */
function readHead(reader: Reader, hasKey = false): Head {
  const flagsAt = reader.at;
  const flags = reader.int();
  const columns = reader.int();
  if (hasKey) reader.take(SHORT_BYTES * reader.int());
  const pagingAt = reader.at;
  if (has(flags, HAS_MORE_PAGES)) reader.value();
  const count = has(flags, NO_METADATA) ? 0 : columns;
  const place = {
    flagsAt,
    flags,
    count,
    paging: [pagingAt, reader.at] as const,
  };
  // There are no joins: what the first column is of, all are.
  const tableAt = reader.at;
  const about = count > 0 ? TABLES[readTable(reader)] : undefined;
  reader.at = tableAt;
  return { ...place, about };
}

function readColumns(reader: Reader, { flags, count }: Head): Column[] {
  const globalTable = has(flags, GLOBAL_TABLE);
  if (globalTable && count > 0) readTable(reader);
  return Array.from({ length: count }, () => {
    if (!globalTable) readTable(reader);
    return { name: reader.string(), type: readType(reader) };
  });
}

function readTable(reader: Reader): string {
  return `${reader.string()}.${reader.string()}`;
}

/** @returns the type itself, without those that it is made of */
function readType(reader: Reader, depth = 0): number {
  if (depth > MAX_DEPTH) throw new RangeError('types in types without end');
  const inner = () => readType(reader, depth + 1);
  const type = reader.short();
  switch (type) {
    case CUSTOM:
      reader.string();
      break;
    case LIST:
    case SET:
      inner();
      break;
    case MAP:
      inner();
      inner();
      break;
    case USER_DEFINED:
      reader.strings(2);
      for (let fields = reader.short(); fields > 0; fields--) {
        reader.string();
        inner();
      }
      break;
    case TUPLE:
      for (let types = reader.short(); types > 0; types--) inner();
      break;
    default:
    // The others are one number.
  }
  return type;
}
