import { bytes, inetAddress, int, short, string } from './primitives';

/** The types that the stub's tables are made of. */
export type ColumnType =
  | 'varchar'
  | 'int'
  | 'bigint'
  | 'boolean'
  | 'double'
  | 'uuid'
  | 'inet'
  | 'blob'
  | 'set<varchar>'
  | 'list<varchar>'
  | 'map<varchar, varchar>'
  | 'map<varchar, blob>';

/** Column names and types, in order. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** A value for each column; one that is missing is null. */
export type Row = Readonly<Record<string, unknown>>;

/** A table, or an answer made from one. */
export interface Table {
  readonly keyspace: string;
  readonly name: string;
  readonly columns: Columns;
  readonly rows: readonly Row[];
}

const VARCHAR = 0x000d;
const TYPE_OPTIONS: Readonly<Record<ColumnType, Buffer>> = {
  varchar: short(VARCHAR),
  int: short(0x0009),
  bigint: short(0x0002),
  boolean: short(0x0004),
  double: short(0x0007),
  uuid: short(0x000c),
  inet: short(0x0010),
  blob: short(0x0003),
  'list<varchar>': Buffer.concat([short(0x0020), short(VARCHAR)]),
  'set<varchar>': Buffer.concat([short(0x0022), short(VARCHAR)]),
  'map<varchar, varchar>': Buffer.concat([
    short(0x0021),
    short(VARCHAR),
    short(VARCHAR),
  ]),
  'map<varchar, blob>': Buffer.concat([
    short(0x0021),
    short(VARCHAR),
    short(0x0003),
  ]),
};

const GLOBAL_TABLES_SPEC = 0x0001;

/** The `<metadata>` of an answer with rows. */
export function encodeMetadata(table: Omit<Table, 'rows'>): Buffer {
  const columns = Object.entries(table.columns);
  return Buffer.concat([
    int(GLOBAL_TABLES_SPEC),
    int(columns.length),
    string(table.keyspace),
    string(table.name),
    ...columns.flatMap(([name, type]) => [string(name), TYPE_OPTIONS[type]]),
  ]);
}

/** `<rows_count><rows_content>` of an answer with rows. */
export function encodeRows({ columns, rows }: Table): Buffer {
  return Buffer.concat([
    int(rows.length),
    ...rows.flatMap(row =>
      Object.entries(columns).map(([name, type]) =>
        bytes(encodeValue(type, row[name])),
      ),
    ),
  ]);
}

function encodeValue(type: ColumnType, value: unknown): Buffer | undefined {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case 'varchar':
      return Buffer.from(value as string);
    case 'int':
      return int(value as number);
    case 'bigint':
      return fixed(8, it => it.writeBigInt64BE(BigInt(value as number)));
    case 'double':
      return fixed(8, it => it.writeDoubleBE(value as number));
    case 'boolean':
      return Buffer.from([value ? 1 : 0]);
    case 'uuid':
      return Buffer.from((value as string).replaceAll('-', ''), 'hex');
    case 'inet':
      return inetAddress(value as string);
    case 'blob':
      return value as Buffer;
    case 'set<varchar>':
    case 'list<varchar>':
      return encodeList(value as string[]);
    default:
      return encodeMap(value as Record<string, string | Buffer>);
  }
}

function fixed(length: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}

function encodeList(items: readonly string[]): Buffer {
  return Buffer.concat([
    int(items.length),
    ...items.map(item => bytes(Buffer.from(item))),
  ]);
}

function encodeMap(value: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries = Object.entries(value);
  return Buffer.concat([
    int(entries.length),
    ...entries.flatMap(([key, item]) => [
      bytes(Buffer.from(key)),
      bytes(Buffer.from(item as string)),
    ]),
  ]);
}
