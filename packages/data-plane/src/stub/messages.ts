import type { Outcome } from './execute';
import { CqlError, errorCodes } from './frames';
import { inet, int, short, shortBytes, string, Reader } from './primitives';
import { CQL_PORT } from '../ring';
import { encodeMetadata, encodeRows, type Table } from './rows';
import type { SchemaChange, StubEvent } from './StubState';

const RESULT_VOID = 0x0001;
const RESULT_ROWS = 0x0002;
const RESULT_SET_KEYSPACE = 0x0003;
const RESULT_PREPARED = 0x0004;
const RESULT_SCHEMA_CHANGE = 0x0005;
const NO_METADATA = 0x0004;
const GLOBAL_TABLES_SPEC = 0x0001;
const VARCHAR = 0x000d;

const VALUES_FLAG = 0x01;
const NAMES_FOR_VALUES_FLAG = 0x40;

/** The body of a RESULT. */
export function encodeOutcome(outcome: Outcome): Buffer {
  switch (outcome.kind) {
    case 'rows':
      return Buffer.concat([
        int(RESULT_ROWS),
        encodeMetadata(outcome.table),
        encodeRows(outcome.table),
      ]);
    case 'keyspace':
      return Buffer.concat([
        int(RESULT_SET_KEYSPACE),
        string(outcome.keyspace),
      ]);
    case 'schema':
      return Buffer.concat([
        int(RESULT_SCHEMA_CHANGE),
        encodeSchemaChange(outcome.schema),
      ]);
    default:
      return int(RESULT_VOID);
  }
}

/** The body of a RESULT to PREPARE; every bound value is taken as text. */
export function encodePrepared(
  id: Buffer,
  boundValues: number,
  answer: Omit<Table, 'rows'> | undefined,
): Buffer {
  return Buffer.concat([
    int(RESULT_PREPARED),
    shortBytes(id),
    int(GLOBAL_TABLES_SPEC),
    int(boundValues),
    int(0), // no partition key among them
    string('stub'),
    string('stub'),
    ...Array.from({ length: boundValues }, (_, index) =>
      Buffer.concat([string(`value${index}`), short(VARCHAR)]),
    ),
    answer ? encodeMetadata(answer) : Buffer.concat([int(NO_METADATA), int(0)]),
  ]);
}

/** The body of an ERROR. */
export function encodeError(error: CqlError): Buffer {
  return Buffer.concat([int(error.code), string(error.message), error.details]);
}

/** The body of an EVENT. */
export function encodeEvent(event: StubEvent): Buffer {
  return Buffer.concat([
    string(event.type),
    event.type === 'SCHEMA_CHANGE'
      ? encodeSchemaChange(event.schema)
      : Buffer.concat([
          string(event.change),
          inet(event.node.address, CQL_PORT),
        ]),
  ]);
}

function encodeSchemaChange(schema: SchemaChange): Buffer {
  return Buffer.concat([
    string(schema.change),
    string(schema.table ? 'TABLE' : 'KEYSPACE'),
    string(schema.keyspace),
    ...(schema.table ? [string(schema.table)] : []),
  ]);
}

/** Reads consistency and values, which follow the statement in QUERY and EXECUTE. */
export function readValues(reader: Reader): Array<Buffer | undefined> {
  reader.short(); // consistency: there is one copy of everything
  const flags = reader.byte();
  /* eslint-disable no-bitwise */
  if (!(flags & VALUES_FLAG)) return [];
  const named = (flags & NAMES_FOR_VALUES_FLAG) !== 0;
  /* eslint-enable no-bitwise */
  return Array.from({ length: reader.short() }, () => {
    if (named) reader.string();
    return reader.bytes();
  });
}

const QUOTED_OR_MARKER = /'(?:[^']|'')*'|\?/g;

/** How many values a statement binds. */
export function countMarkers(cql: string): number {
  return (cql.match(QUOTED_OR_MARKER) ?? []).filter(it => it === '?').length;
}

/**
 * Puts values, as text, where the markers are.
 *
 * @throws CqlError where their numbers differ
 */
export function bindValues(
  cql: string,
  values: ReadonlyArray<Buffer | undefined>,
): string {
  const markers = countMarkers(cql);
  if (markers !== values.length) {
    throw new CqlError(
      errorCodes.invalid,
      `Invalid amount of bind variables: expected ${markers}, got ${values.length}`,
    );
  }
  let index = 0;
  return cql.replace(QUOTED_OR_MARKER, part => {
    if (part !== '?') return part;
    const text = values[index++]?.toString('utf8') ?? '';
    return `'${text.replaceAll("'", "''")}'`;
  });
}
